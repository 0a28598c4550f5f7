//! How often and how long something is measured.

use std::time::Duration;

/// Rounds and their length.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Rounds of every measurement.
    pub rounds: usize,
    /// How long a round takes.
    pub round: Duration,
    /// How long every server is loaded before it is measured.
    pub warm_up: Duration,
    /// How often every server is started and stopped.
    pub lives: usize,
}

impl Plan {
    /// Enough for medians on a noisy machine.
    pub const FULL: Self = Self {
        rounds: 5,
        round: Duration::from_secs(3),
        warm_up: Duration::from_secs(1),
        lives: 31,
    };
    /// Enough to see that everything works.
    pub const QUICK: Self = Self {
        rounds: 1,
        round: Duration::from_secs(1),
        warm_up: Duration::from_secs(1),
        lives: 5,
    };

    /// The one or the other.
    pub fn new(quick: bool) -> Self {
        if quick { Self::QUICK } else { Self::FULL }
    }
}

/// The order of contenders in a round. Each round begins with another one, so that no
/// contender always comes after the same one's heat.
pub(crate) fn order(contenders: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..contenders).map(move |place| (place + round) % contenders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_begins_with_another_contender() {
        let orders: Vec<Vec<usize>> = (0..4).map(|round| order(3, round).collect()).collect();
        assert_eq!(
            orders,
            [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]].map(Vec::from)
        );
    }
}
