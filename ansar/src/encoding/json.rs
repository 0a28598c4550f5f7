//! A message as JSON.
//!
//! A reply is `{"value":["module.Name",{members},[]]}`: what it is, what is in
//! it, and a list of shared parts that is empty. A request is the members alone,
//! `{"x":1.5}`, or the same in an envelope, `{"value":{"x":1.5}}`.

use std::cell::Cell;
use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter};

use super::beside::Beside;
use super::finite;
use super::refusal::Refusal;
use super::tree::Tree;
use crate::http::PathMember;
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
    write(message, &mut output)?;
    output.extend_from_slice(b",[]]}");
    Ok(output)
}

/// Writes the members of a message, as a request has them.
pub(crate) fn encode_members<M: Message>(message: &M) -> Result<Vec<u8>, EncodeError> {
    let mut output = Vec::with_capacity(REPLY_CAPACITY);
    write(message, &mut output)?;
    Ok(output)
}

/// Takes a value apart that JSON has a form for.
pub(crate) fn tree_of<T: Serialize>(value: &T) -> Result<Tree, EncodeError> {
    finite::check(value)?;
    Tree::of(value)
}

/// Takes a value apart. Maps whose keys are not text are lists of pairs.
pub(crate) fn value_of<T: Serialize>(value: &T) -> Result<Value, EncodeError> {
    let tree = Tree::of(value)?;
    serde_json::to_value(tree).map_err(|error| EncodeError(error.to_string()))
}

fn write<T: Serialize>(value: &T, output: &mut Vec<u8>) -> Result<(), EncodeError> {
    let start = output.len();
    let seen = Seen::default();
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut *output,
        Watch {
            seen: &seen,
            in_text: false,
        },
    ));
    if written.is_ok() && seen.nothing() {
        return Ok(());
    }
    // A null is either a member that is really empty, or a number that JSON has no form for.
    finite::check(value)?;
    if written.is_ok() && !seen.key_in_quotes.get() {
        return Ok(());
    }
    output.truncate(start);
    serde_json::to_writer(output, &Tree::of(value)?).map_err(|error| EncodeError(error.to_string()))
}

/// What needs another look once it has been written.
#[derive(Default)]
struct Seen {
    /// `serde_json` writes a null for infinity and for "not a number".
    null: Cell<bool>,
    /// `serde_json` puts keys that are numbers or booleans in quotes to make them text.
    key_in_quotes: Cell<bool>,
}

impl Seen {
    fn nothing(&self) -> bool {
        !self.null.get() && !self.key_in_quotes.get()
    }
}

/// Sees everything go by. A flag for each text is some percent of the writing, which
/// is next to nothing of a request.
struct Watch<'a> {
    seen: &'a Seen,
    in_text: bool,
}

macro_rules! watched {
    ($($method:ident $kind:ty)*) => {$(
        fn $method<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: $kind) -> io::Result<()> {
            if self.in_text {
                self.seen.key_in_quotes.set(true);
            }
            CompactFormatter.$method(writer, value)
        }
    )*};
}

impl Formatter for Watch<'_> {
    watched! {
        write_bool bool
        write_i8 i8
        write_i16 i16
        write_i32 i32
        write_i64 i64
        write_i128 i128
        write_u8 u8
        write_u16 u16
        write_u32 u32
        write_u64 u64
        write_u128 u128
        write_f32 f32
        write_f64 f64
    }

    fn write_null<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.seen.null.set(true);
        writer.write_all(b"null")
    }

    fn begin_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_text = true;
        writer.write_all(b"\"")
    }

    fn end_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_text = false;
        writer.write_all(b"\"")
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
    // serde would take a list as the members in their order: too easy to get wrong.
    if matches!(body.trim_ascii_start().first(), Some(b'[')) {
        return decode_again(body);
    }
    // A message may have a member called `value`, so the envelope is the second guess.
    serde_json::from_slice(body)
        .or_else(|_| serde_json::from_slice(body).map(|Envelope { value }| value))
        .or_else(|_| decode_again(body))
}

/// Reads a request that has maps as lists of pairs, or is wrong.
fn decode_again<M: Message>(body: &[u8]) -> Result<M, String> {
    let tree: Tree = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let bare = match M::deserialize(&tree) {
        Ok(message) => return Ok(message),
        Err(refusal) => refusal,
    };
    let Some(inside) = tree.only_member("value") else {
        return Err(bare.to_string());
    };
    M::deserialize(inside).map_err(|refusal| bare.further(refusal.in_member("value")).to_string())
}

/// Reads a request of which some members stood in the path.
pub(crate) fn decode_beside<M: Message>(path: &[PathMember], body: &[u8]) -> Result<M, String> {
    let tree: Tree = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let bare = match M::deserialize(Beside { path, tree: &tree }) {
        Ok(message) => return Ok(message),
        Err(refusal) => refusal,
    };
    match tree
        .only_member("value")
        .map(|tree| M::deserialize(Beside { path, tree }))
    {
        Some(Ok(message)) => Ok(message),
        Some(Err(refusal)) => Err(bare.further(refusal.in_member("value")).to_string()),
        None => Err(bare.to_string()),
    }
}

/// Makes any type of a value that is no longer text.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    let tree: Tree =
        serde_json::from_value(value).map_err(|error| Refusal::new(error.to_string()))?;
    T::deserialize(&tree)
}

/// The place matters when the text is not JSON at all.
fn malformed(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    match text.strip_prefix("recursion limit exceeded") {
        Some(place) => format!("JSON is nested more than {NESTING_MAX} deep{place}"),
        None => format!("malformed JSON: {text}"),
    }
}

/// How deep lists and objects may stand inside of each other: `serde_json` goes no
/// further, so that nobody can use up the stack.
const NESTING_MAX: usize = 127;

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
            r#"near "x": expected a number, got "abc""#
        );
        assert_eq!(
            error(r#"{"value":{"x":true}}"#),
            r#"near "value.x": expected a number, got true"#
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
        assert_eq!(
            error("[1, 2]"),
            "expected an object of members, got a list of 2"
        );
    }
}
