//! What a handler returns, on its way to whoever asked.

use bytes::Bytes;

use crate::encoding;
use crate::fault::{Fault, Faulted};
use crate::message::{Ack, Message};

/// An answer that is ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The name of the message that answers.
    pub(crate) name: &'static str,
    /// What it says went wrong, for the record.
    pub(crate) fault: Option<Box<Fault>>,
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    /// The message as JSON.
    pub(crate) body: Bytes,
}

impl Reply {
    /// A message as an answer. A fault never goes out as a success.
    fn of<M: Message>(message: &M, otherwise: u16) -> Self {
        let fault = message.fault().map(Box::new);
        let status = fault.as_ref().map_or(otherwise, |fault| fault.status);
        match encoding::encode(message) {
            Ok(body) => Self {
                name: M::NAME,
                fault,
                status,
                body: body.into(),
            },
            Err(error) => {
                let condition = format!("cannot encode {}", M::NAME);
                Self::of(&Faulted::failed(condition, error.to_string()), 500)
            }
        }
    }
}

/// What a handler may return: a message, or a message or another one in a `Result`,
/// or nothing, which is answered by [`Ack`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a reply",
    label = "a handler returns a message, a `Result` of two messages, or nothing",
    note = "write `#[message]` above the struct to make it a message"
)]
pub trait IntoReply {
    /// Encodes the answer.
    fn into_reply(self) -> Reply;
}

impl<M: Message> IntoReply for M {
    fn into_reply(self) -> Reply {
        Reply::of(&self, 200)
    }
}

impl IntoReply for () {
    fn into_reply(self) -> Reply {
        Ack {}.into_reply()
    }
}

/// The error of a `Result` is a refusal: it has the status of its fault, or 400.
impl<M: Message, E: Message> IntoReply for Result<M, E> {
    fn into_reply(self) -> Reply {
        match self {
            Ok(message) => message.into_reply(),
            Err(refusal) => Reply::of(&refusal, 400),
        }
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

    fn text(reply: &Reply) -> (u16, &str) {
        (reply.status, std::str::from_utf8(&reply.body).unwrap())
    }

    #[test]
    fn a_message_is_a_success_and_a_fault_is_not() {
        let reply = Output { value: 3.375 }.into_reply();
        assert_eq!(
            text(&reply),
            (200, r#"{"value":["tests.Output",{"value":3.375},[]]}"#)
        );
        let reply = Err::<Output, _>(Faulted::rejected("cannot divide", "y is zero")).into_reply();
        let expected = r#"{"value":["ansar.Faulted",{"condition":"cannot divide","explanation":"y is zero"},[]]}"#;
        assert_eq!(text(&reply), (400, expected));
        assert_eq!(Faulted::failed("cannot add", "").into_reply().status, 500);
    }

    #[test]
    fn a_refusal_may_be_a_message_of_its_own() {
        let reply = Err::<Output, _>(DivisionByZero).into_reply();
        assert_eq!(
            text(&reply),
            (400, r#"{"value":["tests.DivisionByZero",{},[]]}"#)
        );
    }

    #[test]
    fn nothing_is_answered_by_ack() {
        assert_eq!(
            text(&().into_reply()),
            (200, r#"{"value":["ansar.Ack",{},[]]}"#)
        );
    }

    #[test]
    fn a_result_that_json_cannot_hold_is_a_fault() {
        let reply = Output {
            value: f64::INFINITY,
        }
        .into_reply();
        let expected = r#"{"value":["ansar.Faulted",{"condition":"cannot encode Output","explanation":"near \"value\": JSON has no form for the number inf"},[]]}"#;
        assert_eq!(text(&reply), (500, expected));
    }
}
