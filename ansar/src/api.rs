//! The list of messages that clients may send, as a type.

use std::fmt;
use std::rc::Rc;

use crate::client::Client;
use crate::encoding;
use crate::fault::Faulted;
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::object::{Handler, Object};
use crate::record::Identity;
use crate::reply::{Answer, IntoReply};

/// Whoever sends a request, as the record names it: `<00000005>.7`, the seventh request over
/// a connection.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) connection: Identity,
    pub(crate) number: u64,
    /// Looks closer, for a handler that wants to know.
    pub(crate) client: &'a dyn Fn() -> Client,
}

impl fmt::Display for Asker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.connection, self.number)
    }
}

impl fmt::Debug for Asker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Asker({self})")
    }
}

/// The members of a message, as the client wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members<'a> {
    /// Pairs, `x=1.5&y=2.25`, from a query string or a form.
    Pairs(&'a [u8]),
    /// A JSON object.
    Json(&'a [u8]),
}

impl Members<'_> {
    /// Makes the message, or says which member is wrong.
    fn decode<M: Message>(self) -> Result<M, Faulted> {
        let decoded = match self {
            Self::Pairs(encoded) => encoding::decode_pairs(encoded),
            Self::Json(body) => encoding::decode(body),
        };
        decoded.map_err(|reason| Faulted::rejected(format!("cannot accept {}", M::NAME), reason))
    }
}

/// How a message with a certain name reaches its handler.
#[doc(hidden)]
pub struct Route<O: Object> {
    pub(crate) name: &'static str,
    pub(crate) deliver: fn(&Rc<Mailbox<O>>, &Asker<'_>, Members<'_>) -> Answer,
}

impl<O: Object> fmt::Debug for Route<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Route")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn route<O: Handler<M>, M: Message>() -> Route<O> {
    Route {
        name: M::NAME,
        deliver: deliver::<O, M>,
    }
}

/// Makes the message, has it handled, and encodes the answer.
fn deliver<O: Handler<M>, M: Message>(
    mailbox: &Rc<Mailbox<O>>,
    asker: &Asker<'_>,
    members: Members<'_>,
) -> Answer {
    match members.decode::<M>() {
        Err(fault) => fault.into_answer(),
        Ok(message) => mailbox.request(asker, M::NAME, |object, context| {
            if O::ASKS_FOR_CLIENT {
                context.set_client((asker.client)());
            }
            object.handle(message, context)
        }),
    }
}

/// A tuple of messages, all of which the object `O` handles.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of messages that `{O}` can serve",
    note = "a list is a tuple of up to 32 messages, `(Multiply, Divide)`; with one message `(Multiply,)`"
)]
pub trait Api<O: Object> {
    /// One route for each message.
    #[doc(hidden)]
    fn routes() -> Vec<Route<O>>;
}

/// Nothing: for a program that does not serve clients itself.
impl<O: Object> Api<O> for () {
    fn routes() -> Vec<Route<O>> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<O: Object, $first: Message, $($rest: Message),*> Api<O> for ($first, $($rest,)*)
        where
            O: Handler<$first> $(+ Handler<$rest>)*,
        {
            fn routes() -> Vec<Route<O>> {
                vec![route::<O, $first>(), $(route::<O, $rest>()),*]
            }
        }

        tuples! { $($rest)* }
    };
    () => {};
}

tuples! {
    A B C D E F G H I J K L M N P Q R S T U V W X Y Z AA AB AC AD AE AF AG
}

/// The routes of an object, found by name.
#[derive(Debug)]
pub(crate) struct Routes<O: Object>(Vec<Route<O>>);

impl<O: Object> Routes<O> {
    /// Sorts the routes, and refuses two with one name.
    pub(crate) fn new(mut routes: Vec<Route<O>>) -> Result<Self, Faulted> {
        routes.sort_by_key(|route| route.name);
        match routes.windows(2).find(|pair| pair[0].name == pair[1].name) {
            None => Ok(Self(routes)),
            Some(pair) => {
                let reason = format!(
                    "two messages are called {}, and clients ask by name",
                    pair[0].name
                );
                Err(Faulted::failed("cannot serve", reason))
            }
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Route<O>> {
        self.0
            .binary_search_by_key(&name, |route| route.name)
            .ok()
            .map(|place| &self.0[place])
    }
}
