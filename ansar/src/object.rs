//! Objects and handlers: what a server author writes.

use crate::api::Api;
use crate::context::Context;
use crate::fault::{Aborted, Faulted, NotListening};
use crate::message::Message;
use crate::reply::IntoReply;
use crate::settings::Settings;

/// A server object: it is created with its settings, started, sent messages one
/// at a time, and completes with a value.
pub trait Object: Sized + 'static {
    /// What can be configured.
    type Settings: Settings;
    /// The messages that clients may send: a tuple such as `(Multiply, Divide)`.
    type Api: Api<Self>;

    /// Makes the object. Nothing is listening yet.
    fn create(settings: Self::Settings) -> Self;

    /// Begins the work. Unless overridden, listens at the settings' `host` and `port`.
    fn start(&mut self, context: &mut Context<Self>) {
        match context.settings().listen_at() {
            Some(address) => context.listen(address),
            None => context.complete(Faulted::failed(
                "cannot start",
                "the settings have no `host: String` and `port: u16` to listen at, and there is no `start` that does something else",
            )),
        }
    }

    /// There is no listening. Unless overridden, completes with the reason.
    fn not_listening(&mut self, reason: NotListening, context: &mut Context<Self>) {
        context.complete(reason);
    }

    /// Control-c, or another request to stop. Unless overridden, completes as aborted.
    fn stop(&mut self, context: &mut Context<Self>) {
        context.complete(Aborted {});
    }
}

/// Handles one kind of message.
///
/// [`#[handlers]`](macro@crate::handlers) writes the implementation from a plain method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is asked to serve `{M}` but has no handler for it",
    label = "no handler for `{M}`",
    note = "add a method to the `#[handlers] impl`, such as `fn name(&mut self, message: {M}) -> …`"
)]
pub trait Handler<M: Message>: Object {
    /// What the handler replies with.
    type Reply: IntoReply;

    /// Does what the message asks for, without waiting for anything.
    fn handle(&mut self, message: M, context: &mut Context<Self>) -> Self::Reply;
}
