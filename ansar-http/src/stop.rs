//! The wish that a server stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// A signal that all connections of a server share. After it, idle connections close at once,
/// and requests in progress are answered with `Connection: close`. How long that may take is
/// for the holder of the connections to say.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    requested: Arc<AtomicBool>,
    waiting: Arc<Notify>,
}

impl Stop {
    /// A signal that has not been given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the signal, for good.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Release);
        self.waiting.notify_waiters();
    }

    /// Whether the signal has been given.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Acquire)
    }

    /// Completes when the signal has been given.
    pub async fn given(&self) {
        let notified = self.notified();
        if !self.is_requested() {
            notified.await;
        }
    }

    /// Completes when the signal is given from now on; ask [`Stop::is_requested`] after making it.
    pub(crate) fn notified(&self) -> OwnedNotified {
        Arc::clone(&self.waiting).notified_owned()
    }
}
