//! What can be wrong with a request before it means anything.

use http::StatusCode;

/// Why a request is refused. Its `Display` is an explanation for the client; with
/// [`Problem::status`] and [`Problem::condition`] it is all that a refusal says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is no HTTP, or could be read in two ways.
    #[error("{0}")]
    Malformed(Syntax),
    /// The version is not 1.0 or 1.1.
    #[error("send it as HTTP/1.1")]
    Version,
    /// It asks for a tunnel.
    #[error("this server is no proxy: send the request to the host itself")]
    Tunnel,
    /// The target is longer than the limit.
    #[error("{limit} bytes is the limit")]
    TargetTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The head is longer than the limit.
    #[error("{limit} bytes is the limit")]
    HeadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// There are more headers than the limit.
    #[error("{limit} headers is the limit")]
    TooManyHeaders {
        /// The limit, in headers.
        limit: usize,
    },
    /// The body is coded in a way that is not understood.
    #[error("send the body with a Content-Length, or chunked and nothing else")]
    TransferCoding,
    /// Something else is expected than to be told to continue.
    #[error("100-continue is the only expectation that can be met")]
    Expectation,
    /// The body is longer than the limit.
    #[error("{limit} bytes is the limit")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The head began, and did not end in time.
    #[error("it took longer than {}s", limit.as_secs_f32())]
    HeadTooSlow {
        /// The limit.
        limit: std::time::Duration,
    },
    /// The body did not end in time.
    #[error("it took longer than {}s", limit.as_secs_f32())]
    BodyTooSlow {
        /// The limit.
        limit: std::time::Duration,
    },
    /// The answer was not there in time.
    #[error("it took longer than {}s", limit.as_secs_f32())]
    AnswerTooSlow {
        /// The limit.
        limit: std::time::Duration,
    },
}

impl Problem {
    /// The status that answers it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::Tunnel | Self::TransferCoding => StatusCode::NOT_IMPLEMENTED,
            Self::TargetTooLong { .. } => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge { .. } | Self::TooManyHeaders { .. } => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            Self::Expectation => StatusCode::EXPECTATION_FAILED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooSlow { .. } | Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::AnswerTooSlow { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What is the matter, in a few words.
    pub fn condition(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed request",
            Self::Version => "unsupported version of HTTP",
            Self::Tunnel => "cannot CONNECT",
            Self::TargetTooLong { .. } => "the request target is too long",
            Self::HeadTooLarge { .. } => "the request headers are too large",
            Self::TooManyHeaders { .. } => "there are too many request headers",
            Self::TransferCoding => "unsupported transfer coding",
            Self::Expectation => "unsupported expectation",
            Self::BodyTooLarge { .. } => "the request body is too large",
            Self::HeadTooSlow { .. } => "the request headers did not arrive",
            Self::BodyTooSlow { .. } => "the request body did not arrive",
            Self::AnswerTooSlow { .. } => "the answer is not ready",
        }
    }
}

/// What is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Syntax {
    /// The request line.
    #[error("the request line is not \"METHOD target HTTP/1.1\"")]
    RequestLine,
    /// The target is of no form that a server can answer.
    #[error("the request target is neither a path nor a URL")]
    Target,
    /// A line of the headers.
    #[error("a header is not \"Name: value\" on one line, without control characters")]
    Header,
    /// The end of a line.
    #[error("a line ends in something else than CR LF")]
    LineEnd,
    /// No `Host`, which HTTP/1.1 demands.
    #[error("there is no Host header")]
    HostMissing,
    /// `Host` more than once.
    #[error("there is more than one Host header")]
    HostTwice,
    /// `Content-Length` is not a number.
    #[error("the Content-Length is not a number")]
    Length,
    /// `Content-Length` more than once.
    #[error("there is more than one Content-Length header")]
    LengthTwice,
    /// `Content-Length` and `Transfer-Encoding`.
    #[error("there are both a Content-Length and a Transfer-Encoding header")]
    LengthAndCoding,
    /// `Transfer-Encoding` in a version that does not have it.
    #[error("there is a Transfer-Encoding header in HTTP/1.0")]
    CodingInHttp10,
    /// A chunk of the body.
    #[error("a chunk of the body is not its size in hexadecimal, its bytes, and a line end")]
    Chunk,
    /// The client ended in the middle of a request.
    #[error("the request ended before it was complete")]
    EndedEarly,
}
