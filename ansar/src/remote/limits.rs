//! What a remote may take of this process, and how long it may take. Each limit has a name
//! and a reason.

use std::time::Duration;

/// Connections to one remote at once, unless the author says otherwise: enough to keep a
/// server on several processors busy, few enough to be no burden for it.
pub(super) const CONNECTIONS: usize = 64;

/// Calls that are sent ahead over one connection. It is as many as there are connections
/// otherwise, so that a server is not asked for more at once.
pub(super) const AHEAD: usize = CONNECTIONS;

/// How long the oldest call may have waited for others to be sent behind it: longer than a
/// server takes that is quick, and shorter than anybody notices.
pub(super) const AHEAD_TIME: Duration = Duration::from_millis(2);

/// Room that is made for one read, in bytes: many small answers.
pub(super) const READ_BYTES: usize = 16 * 1024;

/// Calls that may wait for a connection. Beyond it, the remote is too slow for what is asked
/// of it, and waiting longer would not help.
pub(super) const WAITING: usize = 1024;

/// How long an attempt to connect may take, the look-up of the name included.
pub(super) const CONNECT_TIME: Duration = Duration::from_secs(5);

/// How long a connection is kept that nothing is asked over, except for the last one. It is
/// less than most servers allow, so that it is this side that closes.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(30);

/// The pause after the first failure: short, since a server that restarts is soon back.
pub(super) const PAUSE_LEAST: Duration = Duration::from_millis(50);

/// The longest pause between two attempts: short enough for people to wait for.
pub(super) const PAUSE_MOST: Duration = Duration::from_secs(5);

/// What the head of an answer may take, in bytes.
pub(super) const HEAD_BYTES: usize = 64 * 1024;

/// The longest answer that is decoded as a whole, in bytes. Longer ones are for
/// [`Remote::request`](super::Remote::request), which reads them piece by piece.
pub(super) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How long the next piece of a body may take.
pub(super) const PIECE_TIME: Duration = Duration::from_secs(30);

/// How much of an answer that makes no sense is shown in a fault, in characters.
pub(super) const EXCERPT_CHARACTERS: usize = 200;
