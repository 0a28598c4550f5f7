//! The edge where waits meet the clock.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// A limit on a wait. It begins when it is made.
#[derive(Debug)]
pub(crate) struct Timer {
    sleep: Pin<Box<Sleep>>,
    limit: Duration,
}

impl Timer {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            sleep: Box::pin(sleep(limit)),
            limit,
        }
    }

    /// Begins again, with all of the limit.
    pub(crate) fn restart(&mut self) {
        self.sleep.as_mut().reset(Instant::now() + self.limit);
    }

    /// Whether the limit is over, without asking to be woken.
    pub(crate) fn is_over(&self) -> bool {
        self.sleep.is_elapsed()
    }

    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().poll(cx)
    }
}
