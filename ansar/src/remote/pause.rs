//! How long to wait before the next attempt to connect.

use std::time::Duration;

use super::limits;

/// The pause after a number of failures in a row: each is twice the one before, up to a limit,
/// and shortened by up to half, so that those who lost the same server do not come back at once.
///
/// `random` is at least 0 and less than 1.
pub(super) fn pause(failures: u32, random: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(u32::BITS - 1);
    let longest = limits::PAUSE_LEAST
        .saturating_mul(1 << doublings)
        .min(limits::PAUSE_MOST);
    longest.mul_f64(1.0 - random / 2.0).max(limits::PAUSE_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let cases = [
            (1, 0.0, 50),
            (1, 0.999, 50),
            (2, 0.0, 100),
            (2, 0.5, 75),
            (3, 0.0, 200),
            (7, 0.0, 3200),
            (8, 0.0, 5000),
            (8, 0.5, 3750),
            (u32::MAX, 0.0, 5000),
        ];
        for (failures, random, expected) in cases {
            let expected = Duration::from_millis(expected);
            assert_eq!(pause(failures, random), expected, "{failures}, {random}");
        }
    }
}
