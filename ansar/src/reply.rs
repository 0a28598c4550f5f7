//! What a handler returns, on its way to whoever asked.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use crate::encoding;
use crate::fault::{Fault, Faulted};
use crate::http::HttpResponse;
use crate::message::{Ack, Message};

/// An answer that is ready for the wire.
#[derive(Debug)]
pub struct Reply {
    /// The name of the message that answers.
    pub(crate) name: &'static str,
    /// What it says went wrong, for the record.
    pub(crate) fault: Option<Box<Fault>>,
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    /// What the client gets besides.
    pub(crate) content: Content,
}

/// What a client gets besides a status.
#[derive(Debug)]
pub(crate) enum Content {
    /// A message as JSON.
    Message(Bytes),
    /// Headers and a body of the author's own.
    Response(HttpResponse),
}

impl Reply {
    /// A message as an answer. A fault never goes out as a success.
    pub(crate) fn of<M: Message>(message: &M, otherwise: u16) -> Self {
        let fault = message.fault().map(Box::new);
        let status = fault.as_ref().map_or(otherwise, |fault| fault.status);
        match encoding::encode(message) {
            Ok(body) => Self {
                name: M::NAME,
                fault,
                status,
                content: Content::Message(body.into()),
            },
            Err(error) => {
                let condition = format!("cannot encode {}", M::NAME);
                Self::of(&Faulted::failed(condition, error.to_string()), 500)
            }
        }
    }
}

impl From<HttpResponse> for Reply {
    fn from(response: HttpResponse) -> Self {
        Self {
            name: "HttpResponse",
            fault: None,
            status: response.status(),
            content: Content::Response(response),
        }
    }
}

/// What goes back to a client: now, or when it is there.
#[doc(hidden)]
pub enum Answer {
    Now(Reply),
    Later(LocalBoxFuture<'static, Reply>),
}

impl Answer {
    /// The same, with another status when it is no fault.
    pub(crate) fn with_success(self, status: u16) -> Self {
        let change = move |reply: Reply| match reply.status {
            200 => Reply { status, ..reply },
            _ => reply,
        };
        match self {
            Self::Now(reply) => Self::Now(change(reply)),
            Self::Later(reply) => Self::Later(Box::pin(async move { change(reply.await) })),
        }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now(reply) => formatter.debug_tuple("Now").field(reply).finish(),
            Self::Later(_) => formatter.write_str("Later"),
        }
    }
}

/// What goes back to another object: now, or when it is there.
#[doc(hidden)]
pub enum Outcome<M> {
    Now(Result<M, Faulted>),
    Later(LocalBoxFuture<'static, Result<M, Faulted>>),
}

impl<M> std::fmt::Debug for Outcome<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Now(_) => "Now",
            Self::Later(_) => "Later",
        })
    }
}

impl<M: 'static> Outcome<M> {
    /// The part of a reply that matters when nobody asked for one.
    pub(crate) fn unasked(self) -> Option<Unasked> {
        match self {
            Self::Now(reply) => reply.err().map(Unasked::Fault),
            Self::Later(reply) => Some(Unasked::Later(Box::pin(async { reply.await.err() }))),
        }
    }
}

/// A reply that nobody asked for: only a fault is told, to the record.
#[doc(hidden)]
pub enum Unasked {
    Fault(Faulted),
    Later(LocalBoxFuture<'static, Option<Faulted>>),
}

impl std::fmt::Debug for Unasked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fault(fault) => formatter.debug_tuple("Fault").field(fault).finish(),
            Self::Later(_) => formatter.write_str("Later"),
        }
    }
}

/// What a handler may return: a message, a `Result` of two messages, nothing, which is
/// answered by [`Ack`], an [`HttpResponse`], or any of these [`Later`](crate::Later). A handler
/// that refuses some requests at once and answers others later returns a `Result` of a `Later`
/// and a message.
///
/// ```
/// # use ansar::prelude::*;
/// # #[message] struct Square { x: f64 }
/// # #[message] struct Set { x: f64 }
/// # #[message] struct Ready;
/// # #[message] struct Output { value: f64 }
/// # struct Server;
/// # #[handlers] impl Server {
/// fn square(&mut self, Square { x }: Square) -> Output {
///     Output { value: x * x }
/// }
///
/// fn set(&mut self, Set { x }: Set) -> Result<(), Faulted> {
///     match x.is_finite() {
///         true => Ok(()),
///         false => Err(Faulted::rejected("cannot set x", "it is no number")),
///     }
/// }
///
/// fn ready(&mut self, _: Ready) -> Later<Output> {
///     Later::now(Output { value: 1.0 })
/// }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a reply",
    label = "a handler returns a message, a `Result` of two messages, or nothing",
    note = "write `#[message]` above the struct to make it a message"
)]
pub trait IntoReply: 'static {
    /// The message that another object is answered with when all goes well.
    type Message: 'static;

    /// The reply to another object of this process.
    #[doc(hidden)]
    fn into_outcome(self) -> Outcome<Self::Message>;

    /// The reply to a client, encoded.
    #[doc(hidden)]
    fn into_answer(self) -> Answer;
}

impl<M: Message> IntoReply for M {
    type Message = M;

    fn into_outcome(self) -> Outcome<M> {
        Outcome::Now(match self.fault() {
            None => Ok(self),
            Some(fault) => Err(fault.into()),
        })
    }

    fn into_answer(self) -> Answer {
        Answer::Now(Reply::of(&self, 200))
    }
}

impl IntoReply for () {
    type Message = Ack;

    fn into_outcome(self) -> Outcome<Ack> {
        Ack {}.into_outcome()
    }

    fn into_answer(self) -> Answer {
        Ack {}.into_answer()
    }
}

/// The error of a `Result` is a refusal: it has the status of its fault, or 400.
impl<M: Message, E: Message> IntoReply for Result<M, E> {
    type Message = M;

    fn into_outcome(self) -> Outcome<M> {
        match self {
            Ok(message) => message.into_outcome(),
            Err(refusal) => Outcome::Now(Err(Faulted::from_refusal(&refusal))),
        }
    }

    fn into_answer(self) -> Answer {
        match self {
            Ok(message) => message.into_answer(),
            Err(refusal) => Answer::Now(Reply::of(&refusal, 400)),
        }
    }
}

/// A response of the author's own making.
impl IntoReply for HttpResponse {
    type Message = Self;

    fn into_outcome(self) -> Outcome<Self> {
        Outcome::Now(Ok(self))
    }

    fn into_answer(self) -> Answer {
        Answer::Now(self.into())
    }
}

/// A response of the author's own making, or a refusal.
impl<E: Message> IntoReply for Result<HttpResponse, E> {
    type Message = HttpResponse;

    fn into_outcome(self) -> Outcome<HttpResponse> {
        Outcome::Now(self.map_err(|refusal| Faulted::from_refusal(&refusal)))
    }

    fn into_answer(self) -> Answer {
        match self {
            Ok(response) => response.into_answer(),
            Err(refusal) => Answer::Now(Reply::of(&refusal, 400)),
        }
    }
}

/// Nothing, or a refusal.
impl<E: Message> IntoReply for Result<(), E> {
    type Message = Ack;

    fn into_outcome(self) -> Outcome<Ack> {
        self.map(|()| Ack {}).into_outcome()
    }

    fn into_answer(self) -> Answer {
        self.map(|()| Ack {}).into_answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate as ansar;

    #[ansar::message]
    struct Output {
        value: f64,
    }

    #[ansar::message]
    struct DivisionByZero;

    fn now(reply: impl IntoReply) -> Reply {
        match reply.into_answer() {
            Answer::Now(reply) => reply,
            Answer::Later(_) => panic!("the reply is there"),
        }
    }

    fn text(reply: &Reply) -> (u16, &str) {
        match &reply.content {
            Content::Message(body) => (reply.status, std::str::from_utf8(body).unwrap()),
            Content::Response(_) => panic!("the reply is a message"),
        }
    }

    #[test]
    fn a_message_is_a_success_and_a_fault_is_not() {
        let reply = now(Output { value: 3.375 });
        assert_eq!(
            text(&reply),
            (200, r#"{"value":["tests.Output",{"value":3.375},[]]}"#)
        );
        let reply = now(Err::<Output, _>(Faulted::rejected(
            "cannot divide",
            "y is zero",
        )));
        let expected = r#"{"value":["ansar.Faulted",{"condition":"cannot divide","explanation":"y is zero"},[]]}"#;
        assert_eq!(text(&reply), (400, expected));
        assert_eq!(now(Faulted::failed("cannot add", "")).status, 500);
    }

    #[test]
    fn a_refusal_may_be_a_message_of_its_own() {
        let reply = now(Err::<Output, _>(DivisionByZero));
        assert_eq!(
            text(&reply),
            (400, r#"{"value":["tests.DivisionByZero",{},[]]}"#)
        );
    }

    #[test]
    fn nothing_is_answered_by_ack() {
        assert_eq!(text(&now(())), (200, r#"{"value":["ansar.Ack",{},[]]}"#));
    }

    #[test]
    fn a_result_that_json_cannot_hold_is_a_fault() {
        let reply = now(Output {
            value: f64::INFINITY,
        });
        let expected = r#"{"value":["ansar.Faulted",{"condition":"cannot encode Output","explanation":"near \"value\": JSON has no form for the number inf"},[]]}"#;
        assert_eq!(text(&reply), (500, expected));
    }
}
