//! How long a test waits for anything, and waiting for what nobody announces.

use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for anything. Nothing that works takes a tenth of it, also on a
/// machine that is busy; what does not work fails the test instead of hanging it.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The time between two looks at what does not announce itself.
const PAUSE: Duration = Duration::from_millis(5);

/// A moment after which waiting is a failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// [`LIMIT`] from now.
    pub(crate) fn new() -> Self {
        Self(now() + LIMIT)
    }

    /// The time that is left; none when the moment has passed.
    pub(crate) fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(now());
        (!left.is_zero()).then_some(left)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "real processes live in real time"
)]
fn now() -> Instant {
    Instant::now()
}

/// Looks until there is something to see. For what can be waited for, there are better ways.
///
/// # Panics
///
/// When there is nothing after [`LIMIT`]; `what` says what was missing.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Deadline::new();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            deadline.left().is_some(),
            "waited for {LIMIT:?} in vain: {what}"
        );
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that looks again, because nothing tells"
)]
fn pause() {
    thread::sleep(PAUSE);
}
