//! The list of messages that clients may send, as a type.

use crate::encoding;
use crate::fault::Faulted;
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::object::{Handler, Object};
use crate::record::Identity as Sender;
use crate::reply::{IntoReply, Reply};

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
    pub(crate) deliver: fn(&Mailbox<O>, Sender, Members<'_>) -> Reply,
}

impl<O: Object> std::fmt::Debug for Route<O> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    mailbox: &Mailbox<O>,
    sender: Sender,
    members: Members<'_>,
) -> Reply {
    let handled = members.decode::<M>().and_then(|message| {
        mailbox.deliver(sender, M::NAME, |object, context| {
            object.handle(message, context).into_reply()
        })
    });
    handled.unwrap_or_else(IntoReply::into_reply)
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
