//! What a client may take of the server. Each limit has a name and a reason. Those that can
//! be configured are the factory values of [`HttpSettings`](super::HttpSettings); what else
//! one connection may take stands in `ansar_http::Limits`.

use std::time::Duration;

/// Connections at once. Beyond it, new ones wait in the system's queue until
/// another one ends. Each is an open file, of which the process takes all that it is allowed.
pub(super) const CONNECTIONS: usize = 10_000;

/// Connections that the system keeps for us until we take them.
pub(super) const BACKLOG: u32 = 1024;

/// The longest body, in bytes: a message, not a file.
pub(super) const BODY_BYTES: u64 = 1024 * 1024;

/// How long a client may take over the head of a request, and be idle before it.
pub(super) const HEAD_TIME: Duration = Duration::from_mins(1);

/// How long a request may take from its head to its answer: longer than people wait.
pub(super) const REQUEST_TIME: Duration = Duration::from_secs(30);

/// How long a client may take nothing of what is written to it: a link that stands still for
/// so long is broken.
pub(super) const WRITE_TIME: Duration = Duration::from_secs(30);

/// How long requests in progress may take to end when the server stops.
pub(super) const DRAIN_TIME: Duration = Duration::from_secs(10);
