//! The list of messages that clients may send, as a type.

use std::rc::Rc;

use crate::asker::Asker;
use crate::client::Client;
use crate::http::HttpRequest;
use crate::mailbox::Mailbox;
use crate::members::Members;
use crate::message::Message;
use crate::object::{Handler, Object};
use crate::reply::{Answer, IntoReply};
use crate::routes::{Deliver, Route};

/// What a client may send: a message, or any request as an [`HttpRequest`].
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Square { x: f64 }
/// fn can_be_sent<R: ansar::Request>() {}
///
/// can_be_sent::<Square>();
/// can_be_sent::<HttpRequest>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    label = "not a message",
    note = "write `#[message]` above the struct to make it one"
)]
pub trait Request: Sized + 'static {
    /// How it reaches its handler.
    #[doc(hidden)]
    fn route<O: Handler<Self>>() -> Route<O>;
}

impl<M: Message> Request for M {
    fn route<O: Handler<M>>() -> Route<O> {
        Route {
            name: M::NAME,
            endpoint: M::ENDPOINT,
            deliver: Deliver::Message(deliver::<O, M>),
        }
    }
}

/// What no other message of the list is: the request as it is, whatever its method and path.
impl Request for HttpRequest {
    fn route<O: Handler<Self>>() -> Route<O> {
        Route {
            name: RAW,
            endpoint: None,
            deliver: Deliver::Raw(deliver_raw::<O>),
        }
    }
}

/// How the record names a request as it is.
const RAW: &str = "HttpRequest";

fn deliver_raw<O: Handler<HttpRequest>>(
    mailbox: &Rc<Mailbox<O>>,
    asker: Asker,
    request: HttpRequest,
    client: &dyn Fn() -> Client,
) -> Answer {
    mailbox.request(&asker, RAW, |object, context| {
        if O::ASKS_FOR_CLIENT {
            context.set_client(client());
        }
        object.handle(request, context)
    })
}

/// Makes the message, has it handled, and encodes the answer.
fn deliver<O: Handler<M>, M: Message>(
    mailbox: &Rc<Mailbox<O>>,
    asker: Asker,
    members: Members<'_>,
    client: &dyn Fn() -> Client,
) -> Answer {
    let answer = match members.decode::<M>() {
        Err(fault) => fault.into_answer(),
        Ok(message) => mailbox.request(&asker, M::NAME, |object, context| {
            if O::ASKS_FOR_CLIENT {
                context.set_client(client());
            }
            object.handle(message, context)
        }),
    };
    match M::ENDPOINT {
        Some(endpoint) => answer.with_success(endpoint.status),
        None => answer,
    }
}

/// A tuple of messages, all of which the object `O` handles.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Multiply { x: f64, y: f64 }
/// # #[message] struct Square { x: f64 }
/// # #[message] struct Output { value: f64 }
/// # struct Server;
/// impl Program for Server {
///     type Settings = ();
///     type Api = (Multiply, Square);
///
///     fn create((): ()) -> Self {
///         Self
///     }
/// }
///
/// #[handlers]
/// impl Server {
///     fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
///         Output { value: x * y }
///     }
///
///     fn square(&mut self, Square { x }: Square) -> Output {
///         Output { value: x * x }
///     }
/// }
/// ```
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
        impl<O: Object, $first: Request, $($rest: Request),*> Api<O> for ($first, $($rest,)*)
        where
            O: Handler<$first> $(+ Handler<$rest>)*,
        {
            fn routes() -> Vec<Route<O>> {
                vec![$first::route(), $($rest::route()),*]
            }
        }

        tuples! { $($rest)* }
    };
    () => {};
}

tuples! {
    A B C D E F G H I J K L M N P Q R S T U V W X Y Z AA AB AC AD AE AF AG
}
