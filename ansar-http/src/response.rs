//! What goes back to a client.

use std::fmt;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue, StatusCode};

/// Pieces of a body, as they become ready.
pub type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>>>>;

/// An answer to a request. `Server`, `Date`, `Connection`, `Content-Length` and
/// `Transfer-Encoding` are written by the connection, and not taken from the headers.
#[derive(Debug)]
pub struct Response {
    /// The status. It is final: an informational one is answered as 500.
    pub status: StatusCode,
    /// The `Content-Type`, apart from the other headers because most responses have no others.
    pub content_type: Option<HeaderValue>,
    /// Other headers, in the order in which they are written.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body. It is not sent to `HEAD`, nor with 204 and 304.
    pub body: Body,
}

impl Response {
    /// A response with a body that is all there.
    pub fn new(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: Some(content_type),
            headers: Vec::new(),
            body: Body::Whole(body.into()),
        }
    }

    /// A response without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            content_type: None,
            headers: Vec::new(),
            body: Body::Whole(Bytes::new()),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// The body of a response.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece. The next piece is asked for when the last one has been written.
    Stream {
        /// How many bytes the pieces have together, when it is known. When they turn out to
        /// have more or fewer, the connection is broken off, so that nobody takes it for all.
        /// Without it the body is sent in chunks, or to HTTP/1.0 until the connection closes.
        length: Option<u64>,
        /// The pieces. One that fails breaks the connection off.
        chunks: Chunks,
    },
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => formatter.debug_tuple("Whole").field(bytes).finish(),
            Self::Stream { length, .. } => formatter
                .debug_struct("Stream")
                .field("length", length)
                .finish_non_exhaustive(),
        }
    }
}
