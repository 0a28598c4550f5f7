//! The head of a request as it stands in the read buffer.

use std::fmt;
use std::mem::MaybeUninit;

use httparse::Status;

use crate::framing::{Directives, Framing};
use crate::limits::{HEADERS, Limits};
use crate::problem::{Problem, Syntax};

/// The versions of HTTP that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0: one request for one connection, unless both sides say otherwise.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// The head of a request: slices of the read buffer.
pub struct Head<'a> {
    method: &'a str,
    target: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    version: Version,
    headers: &'a [httparse::Header<'a>],
    framing: Framing,
    keeps_alive: bool,
    expects_continue: bool,
    length_bytes: usize,
}

/// The place for the headers of a head, which is not written before there are some.
pub(crate) type Storage<'a> = [MaybeUninit<httparse::Header<'a>>; HEADERS];

pub(crate) const fn storage<'a>() -> Storage<'a> {
    [const { MaybeUninit::uninit() }; HEADERS]
}

impl<'a> Head<'a> {
    /// Reads the head that `bytes` begin with, or nothing while it is not all there. The
    /// outcome depends on what is there only, not on when it came.
    pub(crate) fn parse(
        bytes: &'a [u8],
        storage: &'a mut Storage<'a>,
        limits: &Limits,
    ) -> Result<Option<Self>, Problem> {
        let visible = &bytes[..bytes.len().min(limits.head_bytes)];
        let mut request = httparse::Request::new(&mut []);
        match request.parse_with_uninit_headers(visible, storage) {
            Ok(Status::Complete(length_bytes)) => {
                Self::understand(request, length_bytes, limits).map(Some)
            }
            Ok(Status::Partial) => match too_much(visible, limits) {
                Some(problem) => Err(problem),
                None => Ok(None),
            },
            Err(error) => Err(explain(visible, error, limits)),
        }
    }

    fn understand(
        request: httparse::Request<'a, 'a>,
        length_bytes: usize,
        limits: &Limits,
    ) -> Result<Self, Problem> {
        let method = request.method.expect("a complete head has a method");
        let target = request.path.expect("a complete head has a target");
        let version = match request.version {
            Some(0) => Version::Http10,
            _ => Version::Http11,
        };
        let limit = limits.target_bytes;
        if target.len() > limit {
            return Err(Problem::TargetTooLong { limit });
        }
        let (path, query) = split_target(method, target)?;
        let headers: &'a [httparse::Header<'a>] = request.headers;
        let mut directives = Directives::default();
        for header in headers {
            directives.note(header.name, header.value)?;
        }
        Ok(Self {
            method,
            target,
            path,
            query,
            version,
            headers,
            framing: directives.framing(version)?,
            keeps_alive: directives.keeps_alive(version),
            expects_continue: directives.expects_continue(version),
            length_bytes,
        })
    }

    /// The method, as it was sent: methods are told apart by case.
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// The whole target: a path with its query, a URL, or `*`.
    pub fn target(&self) -> &'a str {
        self.target
    }

    /// The path, not decoded: it begins with `/`, or is the `*` of `OPTIONS *`.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// What is behind the first `?` of the target, not decoded.
    pub fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How the body is delimited.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// The first header of this name, in whatever case it was sent. Values are bytes without
    /// control characters, and without space around them.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    }

    /// All headers in the order in which they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.headers
            .iter()
            .map(|header| (header.name, header.value))
    }

    /// The `Content-Type`, when it is text.
    pub fn content_type(&self) -> Option<&'a str> {
        str::from_utf8(self.header("content-type")?).ok()
    }

    pub(crate) fn keeps_alive(&self) -> bool {
        self.keeps_alive
    }

    pub(crate) fn expects_continue(&self) -> bool {
        self.expects_continue
    }

    /// How long the head itself is, in bytes: the body is behind it.
    pub(crate) fn length_bytes(&self) -> usize {
        self.length_bytes
    }
}

impl fmt::Debug for Head<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Head")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("version", &self.version)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// The path and the query of a target of any form that a server can answer.
fn split_target<'a>(method: &str, target: &'a str) -> Result<(&'a str, Option<&'a str>), Problem> {
    if method == "CONNECT" {
        return Err(Problem::Tunnel);
    }
    if target == "*" && method == "OPTIONS" {
        return Ok((target, None));
    }
    let path_and_query = if target.starts_with('/') {
        target
    } else {
        behind_authority(target).ok_or(Problem::Malformed(Syntax::Target))?
    };
    match path_and_query.split_once('?') {
        Some(("", query)) => Ok(("/", Some(query))),
        Some((path, query)) => Ok((path, Some(query))),
        None if path_and_query.is_empty() => Ok(("/", None)),
        None => Ok((path_and_query, None)),
    }
}

/// What is behind the scheme and the host of a URL.
fn behind_authority(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    (is_http && authority > 0).then(|| &rest[authority..])
}

/// Whether an incomplete head is already beyond a limit.
fn too_much(visible: &[u8], limits: &Limits) -> Option<Problem> {
    if first_overlong(visible, limits).is_some() {
        return Some(Problem::TargetTooLong {
            limit: limits.target_bytes,
        });
    }
    let limit = limits.head_bytes;
    (visible.len() >= limit).then_some(Problem::HeadTooLarge { limit })
}

/// Where a target goes beyond its limit, when it does.
fn first_overlong(visible: &[u8], limits: &Limits) -> Option<usize> {
    let target_at = visible.iter().position(|byte| *byte == b' ')? + 1;
    let length = visible[target_at..]
        .iter()
        .take_while(|byte| !byte.is_ascii_whitespace())
        .count();
    (length > limits.target_bytes).then_some(target_at + limits.target_bytes)
}

/// What is wrong with a head that cannot be parsed: of two faults, the first.
fn explain(visible: &[u8], error: httparse::Error, limits: &Limits) -> Problem {
    if let Some(end) = first_overlong(visible, limits) {
        let before = httparse::Request::new(&mut []).parse(&visible[..end]);
        if before.is_ok() {
            return Problem::TargetTooLong {
                limit: limits.target_bytes,
            };
        }
    }
    match error {
        httparse::Error::TooManyHeaders => Problem::TooManyHeaders { limit: HEADERS },
        httparse::Error::Version if names_http(visible) => Problem::Version,
        httparse::Error::HeaderName | httparse::Error::HeaderValue => {
            Problem::Malformed(Syntax::Header)
        }
        httparse::Error::NewLine => Problem::Malformed(Syntax::LineEnd),
        _ => Problem::Malformed(Syntax::RequestLine),
    }
}

/// Whether the third word of the request line is a version of HTTP.
fn names_http(visible: &[u8]) -> bool {
    let version = visible.split(|byte| *byte == b' ').nth(2);
    version.is_some_and(|version| version.starts_with(b"HTTP/"))
}

#[cfg(test)]
#[path = "head/tests.rs"]
mod tests;
