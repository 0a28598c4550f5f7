//! Connections that nothing is asked over at the moment.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::connection::Connection;
use super::limits;

/// Idle connections, the one used last at the back: it is used next, so that those that are too
/// many stay idle and are closed.
#[derive(Debug, Default)]
pub(super) struct IdleConnections(VecDeque<Idle>);

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

impl IdleConnections {
    pub(super) fn put(&mut self, connection: Connection, now: Instant) {
        let since = now;
        self.0.push_back(Idle { connection, since });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One that can carry a call at once.
    pub(super) fn take(&mut self) -> Option<Connection> {
        while let Some(Idle { connection, .. }) = self.0.pop_back() {
            if connection.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn forget_closed(&mut self) {
        self.0.retain(|idle| !idle.connection.is_closed());
    }

    /// When the next one is to be closed; the last one is not.
    pub(super) fn next_end(&self) -> Option<Instant> {
        let oldest = self.0.front().filter(|_| self.0.len() > 1)?;
        Some(oldest.since + limits::IDLE_TIME)
    }

    /// Closes those whose time has come.
    pub(super) fn close(&mut self, now: Instant) {
        while self.next_end().is_some_and(|end| end <= now) {
            self.0.pop_front();
        }
    }
}
