//! The members of a message, as a client wrote them.

use crate::encoding;
use crate::fault::Faulted;
use crate::http::PathMember;
use crate::message::Message;

/// The members of a message, as a client wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Members<'a> {
    /// Those that stood in the path.
    pub(crate) path: &'a [PathMember],
    /// The others.
    pub(crate) written: Written<'a>,
}

/// Members in one of the forms in which they can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written<'a> {
    /// Pairs, `x=1.5&y=2.25`, from a query string or a form.
    Pairs(&'a [u8]),
    /// A JSON object.
    Json(&'a [u8]),
}

impl Members<'_> {
    /// Makes the message, or says which member is wrong.
    pub(crate) fn decode<M: Message>(self) -> Result<M, Faulted> {
        let decoded = match (self.path, self.written) {
            ([], Written::Pairs(encoded)) => encoding::decode_pairs(encoded),
            ([], Written::Json(body)) => encoding::decode(body),
            (path, Written::Pairs(encoded)) => encoding::decode_pairs(&with_path(path, encoded)),
            (path, Written::Json(body)) => encoding::decode_beside(path, body),
        };
        decoded.map_err(|reason| Faulted::rejected(format!("cannot accept {}", M::NAME), reason))
    }
}

/// Members of the path and others, as pairs.
fn with_path(path: &[PathMember], encoded: &[u8]) -> Vec<u8> {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(path);
    let mut pairs = pairs.finish().into_bytes();
    if !encoded.is_empty() {
        pairs.push(b'&');
        pairs.extend_from_slice(encoded);
    }
    pairs
}
