//! Responses as a client reads them, each as a whole, when requests are sent ahead.

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode};
use httparse::Status;

use crate::decoder::{Decoded, Decoder};
use crate::framing::{Directives, Framing};
use crate::head::Version;
use crate::limits::{HEADERS, Limits};

/// A response that is there as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeResponse {
    /// The status.
    pub status: StatusCode,
    /// The `Content-Type`, when there is one.
    pub content_type: Option<HeaderValue>,
    /// The body.
    pub body: Bytes,
    /// Whether another response can follow over the connection.
    pub keeps_alive: bool,
}

/// Why what has come is no response that can be read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is no HTTP.
    #[error("what came is no HTTP response")]
    Malformed,
    /// The head is longer than the limit.
    #[error("the head of the response is longer than {limit} bytes")]
    HeadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body is longer than the limit.
    #[error("the body of the response is longer than {limit} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body ends with the connection, so nothing can follow it.
    #[error("the response does not say where it ends")]
    Endless,
}

/// Reads the responses to requests that were sent ahead, in their order. None of the requests
/// may have been a `HEAD`.
#[derive(Debug)]
pub struct Responses {
    limits: Limits,
    begun: Option<Begun>,
}

/// A response of which the head has come.
#[derive(Debug)]
struct Begun {
    response: WholeResponse,
    decoder: Decoder,
    /// The pieces of a body that came in several.
    pieces: BytesMut,
}

impl Responses {
    /// Reads heads and bodies up to the limits, in bytes.
    pub fn new(head_bytes: usize, body_bytes: usize) -> Self {
        let limits = Limits {
            head_bytes,
            body_bytes,
            ..Limits::default()
        };
        Self {
            limits,
            begun: None,
        }
    }

    /// Takes the next response out of the input, when all of it is there.
    ///
    /// # Errors
    ///
    /// When it cannot be read; nothing that follows can be read then.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<WholeResponse>, Unreadable> {
        loop {
            let Some(begun) = &mut self.begun else {
                match head(input, &self.limits)? {
                    None => return Ok(None),
                    Some((response, framing)) => {
                        self.begun = Some(Begun::new(response, framing, &self.limits));
                    }
                }
                continue;
            };
            if !begun.read(input, &self.limits)? {
                return Ok(None);
            }
            let response = self.begun.take().map(|begun| begun.response);
            // An informational one is followed by the response.
            if response
                .as_ref()
                .is_some_and(|response| !response.status.is_informational())
            {
                return Ok(response);
            }
        }
    }
}

impl Begun {
    fn new(response: WholeResponse, framing: Framing, limits: &Limits) -> Self {
        Self {
            response,
            decoder: Decoder::new(framing, limits),
            pieces: BytesMut::new(),
        }
    }

    /// Reads what is there; says whether the body is complete.
    fn read(&mut self, input: &mut BytesMut, limits: &Limits) -> Result<bool, Unreadable> {
        let limit = limits.body_bytes;
        loop {
            match self.decoder.decode(input) {
                Err(_) => return Err(Unreadable::Malformed),
                Ok(Decoded::More) => return Ok(false),
                Ok(Decoded::End) => {
                    if !self.pieces.is_empty() {
                        self.response.body = self.pieces.split().freeze();
                    }
                    return Ok(true);
                }
                Ok(Decoded::Data(piece)) => self.take(piece, limit)?,
            }
        }
    }

    /// Keeps the only piece as it is, and puts several together.
    fn take(&mut self, piece: Bytes, limit: usize) -> Result<(), Unreadable> {
        if self.pieces.len() + self.response.body.len() + piece.len() > limit {
            return Err(Unreadable::BodyTooLarge { limit });
        }
        if self.pieces.is_empty() && self.response.body.is_empty() {
            self.response.body = piece;
        } else {
            let first = std::mem::take(&mut self.response.body);
            self.pieces.extend_from_slice(&first);
            self.pieces.extend_from_slice(&piece);
        }
        Ok(())
    }
}

/// Takes the head of a response out of the input, when all of it is there.
fn head(
    input: &mut BytesMut,
    limits: &Limits,
) -> Result<Option<(WholeResponse, Framing)>, Unreadable> {
    let limit = limits.head_bytes;
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let visible = &input[..input.len().min(limit)];
    let length = match parsed.parse(visible) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if input.len() >= limit => {
            return Err(Unreadable::HeadTooLarge { limit });
        }
        Ok(Status::Partial) => return Ok(None),
        Err(_) => return Err(Unreadable::Malformed),
    };
    let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
    let mut response = WholeResponse {
        status: status.ok_or(Unreadable::Malformed)?,
        content_type: None,
        body: Bytes::new(),
        keeps_alive: false,
    };
    let version = match parsed.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let framing = framing(&mut response, version, parsed.headers)?;
    let _ = input.split_to(length);
    Ok(Some((response, framing)))
}

/// What the headers say about the body and the connection, by the rules that hold for requests.
fn framing(
    response: &mut WholeResponse,
    version: Version,
    headers: &[httparse::Header<'_>],
) -> Result<Framing, Unreadable> {
    let mut directives = Directives::default();
    for header in headers {
        directives
            .note(header.name, header.value)
            .map_err(|_| Unreadable::Malformed)?;
        if header.name.eq_ignore_ascii_case("content-type") {
            response.content_type = HeaderValue::from_bytes(header.value).ok();
        }
    }
    response.keeps_alive = directives.keeps_alive(version);
    let body = directives
        .body(version)
        .map_err(|_| Unreadable::Malformed)?;
    if is_without_body(response.status) {
        return Ok(Framing::None);
    }
    body.ok_or(Unreadable::Endless)
}

fn is_without_body(status: StatusCode) -> bool {
    status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All responses of some text that comes in pieces of a length.
    fn read(text: &str, piece: usize) -> Result<Vec<(u16, String, bool)>, Unreadable> {
        let mut responses = Responses::new(1000, 100);
        let mut input = BytesMut::new();
        let mut all = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            input.extend_from_slice(piece);
            while let Some(response) = responses.next(&mut input)? {
                let body = String::from_utf8(response.body.to_vec()).unwrap();
                all.push((response.status.as_u16(), body, response.keeps_alive));
            }
        }
        Ok(all)
    }

    #[test]
    fn responses_are_read_in_their_order_however_they_come() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        let expected = vec![
            (200, "abc".to_owned(), true),
            (204, String::new(), true),
            (400, "abc".to_owned(), false),
        ];
        for piece in [1, 2, 7, text.len()] {
            assert_eq!(read(text, piece), Ok(expected.clone()), "{piece}");
        }
    }

    #[test]
    fn the_connection_is_kept_unless_the_server_says_otherwise() {
        let kept = |first: &str| {
            let text = format!("{first}\r\nContent-Length: 0\r\n\r\n");
            read(&text, text.len()).unwrap()[0].2
        };
        assert!(kept("HTTP/1.1 200 OK"));
        assert!(!kept("HTTP/1.1 200 OK\r\nConnection: keep-alive, Close"));
        assert!(!kept("HTTP/1.0 200 OK"));
        assert!(kept("HTTP/1.0 200 OK\r\nConnection: keep-alive"));
    }

    #[test]
    fn what_cannot_be_read_is_said_so() {
        for (text, expected) in [
            ("HTTP/1.1 200 OK\r\n\r\n", Unreadable::Endless),
            ("SSH-2.0-server\r\n\r\n", Unreadable::Malformed),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                Unreadable::Malformed,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
                Unreadable::Malformed,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                Unreadable::Malformed,
            ),
        ] {
            assert_eq!(read(text, 10), Err(expected), "{text}");
        }
        let long = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n{}",
            "x".repeat(101)
        );
        let limit = 100;
        assert_eq!(read(&long, 10), Err(Unreadable::BodyTooLarge { limit }));
        let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(2000));
        let limit = 1000;
        assert_eq!(read(&long, 10), Err(Unreadable::HeadTooLarge { limit }));
    }
}
