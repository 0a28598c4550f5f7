//! A message as JSON.
//!
//! A reply is `{"value":["module.Name",{members},[]]}`: what it is, what is in
//! it, and a list of shared parts that is empty. A request is the members alone,
//! `{"x":1.5}`, or the same in an envelope, `{"value":{"x":1.5}}`.

use std::cell::Cell;
use std::io;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::ser::Formatter;

use super::finite;
use super::in_our_words;
use crate::message::Message;

/// Room for a small reply without growing.
const REPLY_CAPACITY: usize = 128;

/// A message that JSON cannot hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EncodeError(pub(crate) String);

/// Writes a message as a reply.
pub(crate) fn encode<M: Message>(message: &M) -> Result<Vec<u8>, EncodeError> {
    let mut output = Vec::with_capacity(REPLY_CAPACITY);
    output.extend_from_slice(br#"{"value":[""#);
    output.extend_from_slice(M::MODULE.as_bytes());
    output.push(b'.');
    output.extend_from_slice(M::NAME.as_bytes());
    output.extend_from_slice(br#"","#);
    let saw_null = Cell::new(false);
    let mut serializer = serde_json::Serializer::with_formatter(&mut output, NullWatch(&saw_null));
    message
        .serialize(&mut serializer)
        .map_err(|error| EncodeError(error.to_string()))?;
    if saw_null.get() {
        // Either a member that is really empty, or a number that JSON has no form for.
        finite::check(message)?;
    }
    output.extend_from_slice(b",[]]}");
    Ok(output)
}

/// Sees every null go by: `serde_json` writes one for infinity and for "not a number".
struct NullWatch<'a>(&'a Cell<bool>);

impl Formatter for NullWatch<'_> {
    fn write_null<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.set(true);
        writer.write_all(b"null")
    }
}

/// A request in an envelope.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    value: T,
}

/// Reads a request. Members that are not there take their default.
pub(crate) fn decode<M: Message>(body: &[u8]) -> Result<M, String> {
    if matches!(body.trim_ascii_start().first(), Some(b'[')) {
        // serde would take a list as the members in their order: too easy to get wrong.
        return Err("expected an object of members, got a list".to_owned());
    }
    if let Ok(message) = serde_json::from_slice::<M>(body) {
        return Ok(message);
    }
    // A message may have a member called `value`, so the envelope is the second guess.
    if serde_json::from_slice::<Envelope<IgnoredAny>>(body).is_ok() {
        return with_path::<Envelope<M>>(body).map(|envelope| envelope.value);
    }
    with_path(body)
}

/// Reads a request of which some members stood in the path.
pub(crate) fn decode_beside<M: Message>(
    path: &[(String, String)],
    body: &[u8],
) -> Result<M, String> {
    let mut members: serde_json::Map<String, serde_json::Value> = with_path(body)?;
    for (name, text) in path {
        members.insert(name.clone(), text.clone().into());
    }
    serde_json::from_value(members.into()).map_err(|error| error.to_string())
}

fn with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let cause = error.inner();
        if cause.is_data() {
            // The path of the member says more than its line and column.
            let text = cause.to_string();
            let text = text
                .rsplit_once(" at line ")
                .map_or(&*text, |(text, _)| text);
            in_our_words(error.path(), text)
        } else {
            malformed(cause)
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// The place matters when the text is not JSON at all.
fn malformed(cause: &serde_json::Error) -> String {
    format!("malformed JSON: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate as ansar;

    #[ansar::message]
    struct Multiply {
        x: f64,
        y: f64,
    }

    #[ansar::message]
    struct Output {
        value: f64,
        remark: Option<String>,
    }

    #[test]
    fn a_reply_says_what_it_is_and_what_is_in_it() {
        let encoded = encode(&Multiply { x: 1.5, y: 2.0 }).unwrap();
        assert_eq!(
            String::from_utf8(encoded).unwrap(),
            r#"{"value":["tests.Multiply",{"x":1.5,"y":2.0},[]]}"#
        );
    }

    #[test]
    fn a_number_that_json_cannot_hold_is_an_error_that_names_it() {
        for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let error = encode(&Output {
                value,
                remark: None,
            })
            .unwrap_err();
            assert!(error.to_string().starts_with("near \"value\": "), "{error}");
        }
        assert!(
            encode(&Output {
                value: 1.0,
                remark: None
            })
            .is_ok()
        );
    }

    #[test]
    fn a_request_is_bare_or_in_an_envelope() {
        let expected = Multiply { x: 1.5, y: 2.0 };
        assert_eq!(decode::<Multiply>(br#"{"x":1.5,"y":2}"#).unwrap(), expected);
        assert_eq!(
            decode::<Multiply>(br#"{"value":{"x":1.5,"y":2}}"#).unwrap(),
            expected
        );
        let output = Output {
            value: 1.5,
            remark: None,
        };
        assert_eq!(decode::<Output>(br#"{"value":1.5}"#).unwrap(), output);
        assert_eq!(
            decode::<Output>(br#"{"value":{"value":1.5}}"#).unwrap(),
            output
        );
        assert_eq!(decode::<Multiply>(b"{}").unwrap(), Multiply::default());
    }

    #[test]
    fn an_error_names_the_member_wherever_it_is() {
        let error = |body: &str| decode::<Multiply>(body.as_bytes()).unwrap_err();
        assert_eq!(
            error(r#"{"x":"abc"}"#),
            r#"near "x": invalid type: string "abc", expected f64"#
        );
        assert_eq!(
            error(r#"{"value":{"x":true}}"#),
            r#"near "value.x": invalid type: boolean `true`, expected f64"#
        );
        assert_eq!(
            error(r#"{"z":1}"#),
            "unknown member `z`, expected `x` or `y`"
        );
        assert_eq!(
            error(r#"{"x":1"#),
            "malformed JSON: EOF while parsing an object at line 1 column 6"
        );
        assert_eq!(
            error(r#"{"x":1} 2"#),
            "malformed JSON: trailing characters at line 1 column 9"
        );
        assert_eq!(error("[1, 2]"), "expected an object of members, got a list");
    }
}
