//! The only place of this crate where time is read.

use std::time::Instant;

use ansar_log::{Clock, Stamp};

/// Stamps of this process never go back.
static CLOCK: Clock = Clock::new();

/// For limits: goes on evenly whatever is done to the system's clock.
#[expect(clippy::disallowed_methods, reason = "this is the edge")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// For records and documents.
pub(crate) fn stamp() -> Stamp {
    CLOCK.now()
}
