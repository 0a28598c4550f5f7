//! Objects and handlers: what a server author writes.

use std::any::{Any, TypeId};

use crate::api::Api;
use crate::context::Context;
use crate::http::HttpSettings;
use crate::mailbox;
use crate::reply::IntoReply;
use crate::settings::Settings;

/// What receives messages, one at a time, and completes with a value.
///
/// [`#[handlers]`](macro@crate::handlers) writes the implementation from an `impl` block
/// with one method for each message.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Square { x: f64 }
/// # #[message] struct Output { value: f64 }
/// struct Server;
///
/// #[handlers(mailbox = 100)]
/// impl Server {
///     fn square(&mut self, Square { x }: Square) -> Output {
///         Output { value: x * x }
///     }
/// }
///
/// assert_eq!(Server::MAILBOX, 100);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object",
    label = "not an object",
    note = "write `#[handlers]` above an `impl {Self}` with one method for each message"
)]
pub trait Object: Sized + 'static {
    /// How many messages may wait to be handled or answered. One more is refused at once.
    const MAILBOX: usize = mailbox::LIMIT;

    /// The state that the object is in, for the record and for messages that were deferred;
    /// `None` of an object without states.
    fn state(&self) -> Option<&'static str> {
        None
    }

    /// Whether there is a handler for messages of a type.
    #[doc(hidden)]
    fn handles(message: TypeId) -> bool;

    /// Handles a letter, an `Option` of a message whose type is not known here; gives the
    /// fault that the handler replied with.
    #[doc(hidden)]
    fn receive(&mut self, letter: &mut dyn Any, context: &mut Context<Self>) -> Reception;
}

/// What became of a letter.
#[doc(hidden)]
#[derive(Debug)]
pub enum Reception {
    /// There is no handler for it.
    Unknown,
    /// It was handled.
    Handled,
    /// It was handled, and its handler replied later or with a fault.
    Replied(crate::reply::Unasked),
}

/// Handles a letter if it is of a certain type.
#[doc(hidden)]
pub type Offer<O> = fn(&mut O, &mut dyn Any, &mut Context<O>) -> Reception;

/// Handles a letter by the handler for its type, if there is one.
#[doc(hidden)]
pub fn offer_to_each<O: Object>(
    offers: &[Offer<O>],
    object: &mut O,
    letter: &mut dyn Any,
    context: &mut Context<O>,
) -> Reception {
    for offer in offers {
        match offer(object, letter, context) {
            Reception::Unknown => {}
            handled => return handled,
        }
    }
    Reception::Unknown
}

/// Handles a letter if it is an `M`.
#[doc(hidden)]
pub fn offer<O: Handler<M>, M: 'static>(
    object: &mut O,
    letter: &mut dyn Any,
    context: &mut Context<O>,
) -> Reception {
    match letter.downcast_mut::<Option<M>>().and_then(Option::take) {
        None => Reception::Unknown,
        Some(message) => match object.handle(message, context).into_outcome().unasked() {
            None => Reception::Handled,
            Some(reply) => Reception::Replied(reply),
        },
    }
}

/// Handles one kind of message.
///
/// [`#[handlers]`](macro@crate::handlers) writes the implementation from a plain method.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Square { x: f64 }
/// # #[message] struct Output { value: f64 }
/// # struct Server;
/// # #[handlers] impl Server {
/// #     fn square(&mut self, Square { x }: Square) -> Output { Output { value: x * x } }
/// # }
/// /// Any object that has a handler for `Square`.
/// fn ask<O: Handler<Square>>(object: &Address<O>) {
///     object.send(Square { x: 1.5 });
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is asked to serve `{M}` but has no handler for it",
    label = "no handler for `{M}`",
    note = "add a method to the `#[handlers] impl`, such as `fn name(&mut self, message: {M}) -> …`"
)]
pub trait Handler<M: 'static>: Object {
    /// What the handler replies with.
    type Reply: IntoReply;

    /// Whether the handler wants to know who asks.
    #[doc(hidden)]
    const ASKS_FOR_CLIENT: bool = false;

    /// Does what the message asks for, without waiting for anything.
    fn handle(&mut self, message: M, context: &mut Context<Self>) -> Self::Reply;
}

/// An object that is a whole program: it is created with its settings, and serves clients.
///
/// Unless it has a handler for [`Start`](crate::Start), it listens at the `host` and `port`
/// of its settings.
///
/// ```
/// use ansar::prelude::*;
///
/// #[settings]
/// struct Settings {
///     #[default("127.0.0.1")]
///     host: String,
///     #[default(5051)]
///     port: u16,
/// }
///
/// # #[message] struct Square { x: f64 }
/// # #[message] struct Output { value: f64 }
/// struct Server;
///
/// impl Program for Server {
///     type Settings = Settings;
///     type Api = (Square,);
///
///     fn create(_settings: Settings) -> Self {
///         Self
///     }
///
///     fn http() -> HttpSettings {
///         HttpSettings { body_limit: ByteSize::new(10_000), ..HttpSettings::default() }
///     }
/// }
/// # #[handlers] impl Server {
/// #     fn square(&mut self, Square { x }: Square) -> Output { Output { value: x * x } }
/// # }
/// ```
pub trait Program: Object {
    /// What can be configured.
    type Settings: Settings;
    /// The messages that clients may send: a tuple such as `(Multiply, Divide)`.
    type Api: Api<Self>;

    /// Makes the object. Nothing is listening yet.
    fn create(settings: Self::Settings) -> Self;

    /// The factory values of what can be configured of HTTP in every program.
    fn http() -> HttpSettings {
        HttpSettings::default()
    }
}

/// The states of an object, as the record shows them.
///
/// [`#[states]`](macro@crate::states) writes the implementation for an enumeration.
///
/// ```
/// use ansar::prelude::*;
///
/// #[states]
/// enum Stage {
///     Closed,
///     HalfOpen,
/// }
///
/// assert_eq!(Stage::HalfOpen.name(), "HALF_OPEN");
/// ```
pub trait State {
    /// The name in the record, as in `Door[OPEN]`.
    fn name(&self) -> &'static str;
}
