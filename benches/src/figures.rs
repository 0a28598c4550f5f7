//! What one round of one contender gives, and the middle of several.

use crate::median;

/// The figures of a round, or the median of each over several rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Requests that were answered, per second.
    pub requests_per_second: f64,
    /// How long half of the answers took at most.
    pub p50_microseconds: f64,
    /// How long 99 of 100 answers took at most.
    pub p99_microseconds: f64,
    /// Processor time of the contender's processes for one request, user and system.
    pub processor_microseconds: f64,
    /// Memory of the contender's processes in the middle of the round.
    pub megabytes: f64,
    /// Processors that were busy with neither the contender nor the load: noise.
    pub busy_elsewhere: f64,
}

impl Figures {
    /// The median of each figure.
    pub fn median(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            requests_per_second: middle(|round| round.requests_per_second),
            p50_microseconds: middle(|round| round.p50_microseconds),
            p99_microseconds: middle(|round| round.p99_microseconds),
            processor_microseconds: middle(|round| round.processor_microseconds),
            megabytes: middle(|round| round.megabytes),
            busy_elsewhere: middle(|round| round.busy_elsewhere),
        }
    }
}
