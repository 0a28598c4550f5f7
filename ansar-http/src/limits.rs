//! What a client may take of the server. Each limit has a name and a reason.

use std::time::Duration;

/// Headers of one request. A browser sends about twenty, a proxy adds a few. It is
/// not among the [`Limits`] because the place for them is on the stack.
pub const HEADERS: usize = 100;

/// What a connection may take of memory and time.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest head (request line and headers), in bytes; also the most that a chunked
    /// body may have around its data (sizes, extensions, trailers). Beyond it: 431.
    pub head_bytes: usize,
    /// The longest request target, in bytes. Beyond it: 414.
    pub target_bytes: usize,
    /// The longest body that is collected, in bytes. Beyond it: 413.
    pub body_bytes: usize,
    /// From the first byte of a head to its last: beyond it, 408. Without that first byte
    /// the connection is idle and ends silently, after this time at least and twice this
    /// time at most, since a request does not touch the timer.
    pub head_time: Duration,
    /// From the head to the answer: beyond it, 408 while the body is missing, and 503 when
    /// the answer is. Of bodies and responses that are streamed, it is the longest time
    /// without progress.
    pub request_time: Duration,
    /// The longest time that the client takes nothing of what is written to it.
    pub write_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // More than browsers and proxies send, little enough for every connection at once.
            head_bytes: 16 * 1024,
            // What is longer is data, and belongs in a body.
            target_bytes: 8 * 1024,
            // A message, not a file.
            body_bytes: 1024 * 1024,
            // As long as browsers and load balancers keep a connection for the next request.
            head_time: Duration::from_mins(1),
            // Longer than anybody waits, shorter than they would be remembered.
            request_time: Duration::from_secs(30),
            // A link that takes nothing for so long is broken.
            write_time: Duration::from_secs(30),
        }
    }
}

/// Room that is made for one read. A request with a small body fits, and a read that fills
/// it is rare: then the system has to be asked again whether there is more.
pub(crate) const READ_BYTES: usize = 16 * 1024;

/// Answers to pipelined requests are gathered until there is so much of them.
pub(crate) const GATHER_BYTES: usize = 64 * 1024;

/// Bodies up to here are copied behind their head; larger ones are written where they are.
pub(crate) const COPY_BYTES: usize = 16 * 1024;

/// A body that nobody wants is read up to here, to keep the connection; beyond it, a new
/// connection is cheaper.
pub(crate) const DISCARD_BYTES: u64 = 64 * 1024;

/// What is still read after the last answer, so that the client sees the answer instead of
/// a reset: what may be on its way to us, but not a whole upload.
pub(crate) const LINGER_BYTES: usize = 1024 * 1024;

/// How long it is still read. The answer is on its way; a client that has not seen it by
/// then is not reading.
pub(crate) const LINGER_TIME: Duration = Duration::from_secs(2);
