//! What a client may take of the server, besides what [`HttpSettings`](crate::HttpSettings)
//! says. Each limit has a name and a reason.

/// Connections that the system keeps for us until we take them.
pub(super) const BACKLOG: u32 = 1024;
