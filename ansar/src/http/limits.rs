//! What a client may take of the server. Each limit has a name and a reason. Those that can
//! be configured are the factory values of [`HttpSettings`](super::HttpSettings).

use std::time::Duration;

/// Connections at once. Beyond it, new ones wait in the system's queue until
/// another one ends. It leaves room under the usual limit of open files.
pub(super) const CONNECTIONS: usize = 10_000;

/// Connections that the system keeps for us until we take them.
pub(super) const BACKLOG: u32 = 1024;

/// The longest request target, in bytes. Longer ones are data, and belong in a body.
pub(super) const TARGET_BYTES: usize = 8 * 1024;

/// The request line and the headers together, in bytes: more than browsers and
/// proxies send, small enough for every connection to do it at once.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// What is read of a head before it is refused unseen, in bytes. Up to here the
/// answer can say what is wrong; beyond, hyper answers with the bare status.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// The longest body, in bytes: a message, not a file.
pub(super) const BODY_BYTES: usize = 1024 * 1024;

/// How long a client may take over the head of a request, and be idle before it.
pub(super) const HEAD_TIME: Duration = Duration::from_mins(1);

/// How long a client may take over a body.
pub(super) const BODY_TIME: Duration = Duration::from_secs(30);

/// How long requests in progress may take to end when the server stops.
pub(super) const DRAIN_TIME: Duration = Duration::from_secs(10);
