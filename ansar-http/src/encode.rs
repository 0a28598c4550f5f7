//! How a response is written. Each line of a head begins with the end of the one before, which
//! makes fewer pieces of it.

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, SERVER, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::date;
use crate::head::{Head, Version};
use crate::output::Output;
use crate::response::{Body, Response};
use crate::source::{Delimiter, Source};

/// What a request says about how its answer is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    version: Version,
    /// Whether only the head of the answer is wanted.
    head_only: bool,
    /// Whether the connection is kept after the answer.
    pub(crate) keep_alive: bool,
}

impl Terms {
    pub(crate) fn of(head: &Head<'_>) -> Self {
        Self {
            version: head.version(),
            head_only: head.method() == "HEAD",
            keep_alive: head.keeps_alive(),
        }
    }

    /// The terms for what is no request.
    pub(crate) const LAST: Self = Self {
        version: Version::Http11,
        head_only: false,
        keep_alive: false,
    };

    /// The same, but when there is a reason, the connection closes after the answer.
    pub(crate) fn closing_if(self, has_reason: bool) -> Self {
        Self {
            keep_alive: self.keep_alive && !has_reason,
            ..self
        }
    }
}

/// What is left to do after the head of a response has been written.
pub(crate) struct Encoded {
    /// Whether the connection is kept after the response.
    pub(crate) keep_alive: bool,
    /// The body, when it comes in pieces.
    pub(crate) source: Option<Source>,
}

/// How the end of a response is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// By the status: there is no body.
    Status,
    Length(u64),
    Chunks,
    Close,
}

/// Writes the head of a response, and its body when it is all there.
#[inline]
pub(crate) fn encode(response: Response, terms: Terms, output: &mut Output) -> Encoded {
    let response = final_response(response);
    let mark = mark(&response, terms.version);
    let keep_alive = terms.keep_alive && mark != Mark::Close;
    let out = output.gather();
    put_status(response.status, out);
    date::put_server_and_date(out);
    if let Some(content_type) = &response.content_type {
        out.extend_from_slice(b"\r\nContent-Type: ");
        out.extend_from_slice(content_type.as_bytes());
    }
    for (name, value) in &response.headers {
        if !is_ours(name) {
            put_header(name, value, out);
        }
    }
    put_mark(mark, out);
    put_connection(keep_alive, terms.version, out);
    out.extend_from_slice(b"\r\n\r\n");
    let source = if terms.head_only || mark == Mark::Status {
        None
    } else {
        put_body(response.body, mark, output)
    };
    Encoded { keep_alive, source }
}

/// A service cannot answer with what is no answer.
fn final_response(response: Response) -> Response {
    if response.status.is_informational() {
        Response::empty(StatusCode::INTERNAL_SERVER_ERROR)
    } else {
        response
    }
}

fn mark(response: &Response, version: Version) -> Mark {
    match (&response.body, response.status) {
        (_, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) => Mark::Status,
        (Body::Whole(bytes), _) => {
            Mark::Length(u64::try_from(bytes.len()).expect("a length fits in 64 bits"))
        }
        (
            Body::Stream {
                length: Some(length),
                ..
            },
            _,
        ) => Mark::Length(*length),
        (Body::Stream { .. }, _) if version == Version::Http11 => Mark::Chunks,
        (Body::Stream { .. }, _) => Mark::Close,
    }
}

fn put_status(status: StatusCode, out: &mut BytesMut) {
    if status == StatusCode::OK {
        return out.extend_from_slice(b"HTTP/1.1 200 OK");
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.extend_from_slice(b" ");
    out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
}

fn put_header(name: &HeaderName, value: &HeaderValue, out: &mut BytesMut) {
    out.extend_from_slice(b"\r\n");
    put_name(name, out);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
}

/// Writes the name of a header as people do, `Retry-After`: names are kept in lower case, but
/// there are programs that look for them by the usual one.
fn put_name(name: &HeaderName, out: &mut BytesMut) {
    let mut begins_word = true;
    out.extend(name.as_str().bytes().map(|byte| {
        let written = if begins_word {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        begins_word = byte == b'-';
        written
    }));
}

/// Whether a header is written by the connection and not by a service.
fn is_ours(name: &HeaderName) -> bool {
    [CONNECTION, CONTENT_LENGTH, DATE, SERVER, TRANSFER_ENCODING].contains(name)
}

fn put_mark(mark: Mark, out: &mut BytesMut) {
    match mark {
        Mark::Status | Mark::Close => {}
        Mark::Length(length) => {
            out.extend_from_slice(b"\r\nContent-Length: ");
            out.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
        }
        Mark::Chunks => out.extend_from_slice(b"\r\nTransfer-Encoding: chunked"),
    }
}

/// Says whether the connection is kept, where it does not go without saying.
fn put_connection(keep_alive: bool, version: Version, out: &mut BytesMut) {
    match (keep_alive, version) {
        (false, _) => out.extend_from_slice(b"\r\nConnection: close"),
        (true, Version::Http10) => out.extend_from_slice(b"\r\nConnection: keep-alive"),
        (true, Version::Http11) => {}
    }
}

fn put_body(body: Body, mark: Mark, output: &mut Output) -> Option<Source> {
    let chunks = match body {
        Body::Whole(bytes) => {
            output.append(bytes);
            return None;
        }
        Body::Stream { chunks, .. } => chunks,
    };
    let delimiter = match mark {
        Mark::Length(length) => Delimiter::Length(length),
        Mark::Chunks => Delimiter::Chunks { line_end: b"" },
        Mark::Close | Mark::Status => Delimiter::Close,
    };
    Some(Source::new(chunks, delimiter))
}

/// Tells a client that it may send the body.
pub(crate) fn put_continue(output: &mut Output) {
    output.append(Bytes::from_static(b"HTTP/1.1 100 Continue\r\n\r\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headers_are_written_as_people_write_them() {
        for (name, written) in [
            ("allow", "Allow"),
            ("retry-after", "Retry-After"),
            ("x-request-id", "X-Request-Id"),
            ("x--2b-", "X--2b-"),
        ] {
            let mut out = BytesMut::new();
            put_name(&HeaderName::from_static(name), &mut out);
            assert_eq!(out, written);
        }
    }
}
