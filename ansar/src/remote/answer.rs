//! What a remote has answered, and what it means.

use std::fmt;
use std::marker::PhantomData;

use ansar_http::WholeResponse;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::response::Parts;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::limits;
use crate::fault::Faulted;
use crate::message::Message;

/// An answer that is there as a whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: Bytes,
}

impl From<WholeResponse> for Answer {
    fn from(response: WholeResponse) -> Self {
        Self {
            status: response.status,
            content_type: response.content_type,
            body: response.body,
        }
    }
}

impl Answer {
    pub(super) fn new(mut head: Parts, body: Bytes) -> Self {
        Self {
            status: head.status,
            content_type: head.headers.remove(CONTENT_TYPE),
            body,
        }
    }

    /// The message in the reply of a server of the framework. `condition` is what a fault says
    /// if that is not an `R`.
    pub(super) fn message<R: Message>(self, condition: &dyn fmt::Display) -> Result<R, Faulted> {
        match serde_json::from_slice(&self.body).map(|Envelope { value }| value) {
            Ok(Reply::Fault(fault)) => Err(fault.with_status(self.status.as_u16())),
            Ok(Reply::Expected(message)) if self.is_success() => Ok(message),
            Ok(Reply::Other(name)) if self.is_success() => {
                let expected = format!("{}.{}", R::MODULE, R::NAME);
                let reason = format!("expected {expected}, got {name}");
                Err(Faulted::failed(condition.to_string(), reason).with_status(502))
            }
            Err(error) if self.is_success() => {
                let reason = format!("expected a reply of a framework's server, got {self}");
                Err(
                    Faulted::failed(condition.to_string(), format!("{reason}: {error}"))
                        .with_status(502),
                )
            }
            Ok(Reply::Expected(_) | Reply::Other(_)) | Err(_) => Err(self.refusal(condition)),
        }
    }

    /// The value in the answer of any server that speaks JSON. No body at all is null.
    pub(super) fn json<T: DeserializeOwned>(
        self,
        condition: &dyn fmt::Display,
    ) -> Result<T, Faulted> {
        if !self.is_success() {
            return Err(self.refusal(condition));
        }
        let json: &[u8] = if self.body.is_empty() {
            b"null"
        } else {
            &self.body
        };
        serde_json::from_slice(json).map_err(|error| {
            let reason = format!("expected JSON of another kind, got {self}: {error}");
            Faulted::failed(condition.to_string(), reason).with_status(502)
        })
    }

    fn is_success(&self) -> bool {
        self.status.as_u16() < 400
    }

    fn refusal(&self, condition: &dyn fmt::Display) -> Faulted {
        Faulted::failed(condition.to_string(), format!("{}, {self}", self.status))
            .with_status(self.status.as_u16())
    }
}

/// What came, as far as it is fit to be shown.
impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.body.is_empty() {
            return formatter.write_str("without a body");
        }
        let content_type = self.content_type.as_ref().map(HeaderValue::to_str);
        if let Some(Ok(content_type)) = content_type {
            write!(formatter, "{content_type} ")?;
        }
        // No character is longer than four bytes.
        let seen = self.body.len().min(4 * limits::EXCERPT_CHARACTERS);
        let text = String::from_utf8_lossy(&self.body[..seen]);
        let excerpt: String = text.chars().take(limits::EXCERPT_CHARACTERS).collect();
        let is_cut = excerpt.len() < text.len() || seen < self.body.len();
        write!(formatter, "{excerpt:?}{}", if is_cut { "…" } else { "" })
    }
}

/// `{"value":["module.Name",{members},[]]}`
#[derive(Deserialize)]
#[serde(bound = "R: Message")]
struct Envelope<R> {
    value: Reply<R>,
}

/// A reply, seen by one who expects an `R`.
enum Reply<R> {
    Expected(R),
    Fault(Faulted),
    Other(String),
}

impl<'de, R: Message> Deserialize<'de> for Reply<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ReplyVisitor(PhantomData))
    }
}

struct ReplyVisitor<R>(PhantomData<R>);

impl<'de, R: Message> Visitor<'de> for ReplyVisitor<R> {
    type Value = Reply<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[\"module.Name\",{members},[]]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Reply<R>, A::Error> {
        let kind: Kind<R> = parts.next_element()?.ok_or_else(|| missing(0, &self))?;
        let reply = match kind {
            Kind::Expected(_) => parts.next_element()?.map(Reply::Expected),
            Kind::Fault => parts.next_element()?.map(Reply::Fault),
            Kind::Other(name) => {
                let members: Option<IgnoredAny> = parts.next_element()?;
                members.map(|_| Reply::Other(name))
            }
        };
        let reply = reply.ok_or_else(|| missing(1, &self))?;
        while parts.next_element::<IgnoredAny>()?.is_some() {}
        Ok(reply)
    }
}

fn missing<E: Error>(length: usize, expected: &dyn de::Expected) -> E {
    E::invalid_length(length, expected)
}

/// What a reply is, by its name.
enum Kind<R> {
    Expected(PhantomData<R>),
    Fault,
    Other(String),
}

impl<'de, R: Message> Deserialize<'de> for Kind<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KindVisitor(PhantomData))
    }
}

struct KindVisitor<R>(PhantomData<R>);

impl<R: Message> Visitor<'_> for KindVisitor<R> {
    type Value = Kind<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a message")
    }

    fn visit_str<E>(self, name: &str) -> Result<Kind<R>, E> {
        Ok(match name.rsplit_once('.') {
            Some((Faulted::MODULE, Faulted::NAME)) => Kind::Fault,
            Some((module, short)) if module == R::MODULE && short == R::NAME => {
                Kind::Expected(PhantomData)
            }
            _ => Kind::Other(name.to_owned()),
        })
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

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            content_type: Some(HeaderValue::from_static("text/plain")),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    fn fault(status: u16, body: &str) -> (u16, String) {
        let fault = answer(status, body).message::<Output>(&"no").unwrap_err();
        (fault.status(), fault.to_string())
    }

    #[test]
    fn the_expected_message_is_the_answer() {
        let body = r#"{"value":["tests.Output",{"value":3.375},[]]}"#;
        let output = answer(200, body).message::<Output>(&"no");
        assert_eq!(output, Ok(Output { value: 3.375 }));
    }

    #[test]
    fn a_fault_keeps_what_the_remote_has_said_and_its_status() {
        let body = r#"{"value":["ansar.Faulted",{"condition":"cannot divide","explanation":"y is zero"},[]]}"#;
        let told = "cannot divide (y is zero)".to_owned();
        assert_eq!(fault(400, body), (400, told.clone()));
        assert_eq!(fault(503, body), (503, told.clone()));
        assert_eq!(fault(200, body), (500, told));
    }

    #[test]
    fn anything_else_is_a_fault_that_says_what_came() {
        let cases = [
            (
                200,
                r#"{"value":["other.Output",{"z":1},[]]}"#,
                502,
                "no (expected tests.Output, got other.Output)",
            ),
            (
                200,
                "<html>",
                502,
                "no (expected a reply of a framework's server, got text/plain \"<html>\": expected value at line 1 column 1)",
            ),
            (
                409,
                r#"{"value":["tests.Taken",{},[]]}"#,
                409,
                "no (409 Conflict, text/plain \"{\\\"value\\\":[\\\"tests.Taken\\\",{},[]]}\")",
            ),
            (
                500,
                "oops",
                500,
                "no (500 Internal Server Error, text/plain \"oops\")",
            ),
            (502, "", 502, "no (502 Bad Gateway, without a body)"),
        ];
        for (status, body, expected_status, expected) in cases {
            assert_eq!(fault(status, body), (expected_status, expected.to_owned()));
        }
        let (status, text) = fault(200, r#"{"value":["tests.Output",{"z":1},[]]}"#);
        assert_eq!(status, 502);
        assert!(text.contains("unknown field `z`"), "{text}");
        assert!(
            fault(200, r#"{"value":["tests.Output"]}"#)
                .1
                .contains("invalid length 1")
        );
    }

    #[test]
    fn an_answer_is_shown_in_part_when_it_is_long() {
        let shown = answer(200, &"é".repeat(10_000)).to_string();
        assert_eq!(shown, format!("text/plain \"{}\"…", "é".repeat(200)));
    }

    #[test]
    fn any_json_is_decoded_and_no_body_is_null() {
        assert_eq!(answer(200, "[1,2]").json::<Vec<u8>>(&"no"), Ok(vec![1, 2]));
        assert_eq!(answer(204, "").json::<()>(&"no"), Ok(()));
        let refused = answer(404, "gone").json::<()>(&"no").unwrap_err();
        assert_eq!(refused.status(), 404);
        let odd = answer(200, "hello").json::<u8>(&"no").unwrap_err();
        assert_eq!(
            (odd.status(), odd.explanation()),
            (
                502,
                "expected JSON of another kind, got text/plain \"hello\": expected value at line 1 column 1"
            )
        );
    }
}
