//! placeholder, replaced at the merge

use std::time::Duration;

/// What can be configured of HTTP in every program.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpSettings {
    drain_time_limit: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            drain_time_limit: super::limits::DRAIN_TIME,
        }
    }
}

impl HttpSettings {
    pub(crate) fn drain_time_limit(&self) -> Duration {
        self.drain_time_limit
    }
}
