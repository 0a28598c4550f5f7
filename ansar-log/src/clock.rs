//! The only place of this crate where time is read.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::stamp::Stamp;

/// Hands out stamps that never go back, whatever the system's clock does.
///
/// One per process, shared by its threads: `static CLOCK: Clock = Clock::new();`.
#[derive(Debug)]
pub struct Clock {
    last: AtomicI64,
}

impl Clock {
    /// A clock that has not handed out a stamp.
    pub const fn new() -> Self {
        Self {
            last: AtomicI64::new(i64::MIN),
        }
    }

    /// The present moment, or the last stamp handed out when that is later.
    #[expect(clippy::disallowed_methods, reason = "this is the edge")]
    pub fn now(&self) -> Stamp {
        let now = SystemTime::now();
        let milliseconds = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |m| -m),
        };
        self.not_before_last(Stamp::from_milliseconds(milliseconds))
    }

    /// `stamp`, or the last stamp handed out when that is later.
    pub fn not_before_last(&self, stamp: Stamp) -> Stamp {
        let milliseconds = stamp.milliseconds();
        let last = self.last.fetch_max(milliseconds, Ordering::Relaxed);
        Stamp::from_milliseconds(last.max(milliseconds))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_stands_still_until_time_has_caught_up() {
        let clock = Clock::new();
        let stamps = [5, 7, 3, 6, 8].map(|at| {
            clock
                .not_before_last(Stamp::from_milliseconds(at))
                .milliseconds()
        });
        assert_eq!(stamps, [5, 7, 7, 7, 8]);
    }

    #[test]
    fn now_is_after_this_was_written() {
        let written: Stamp = "2026-11-23T00:00:00.000".parse().unwrap();
        let clock = Clock::new();
        let now = clock.now();
        assert!(now > written);
        assert!(clock.now() >= now);
    }
}
