//! placeholder, replaced at the merge

use std::time::Duration;

use ansar_http::Limits;

use super::tls::{Tls, TlsError};

/// What can be configured of HTTP in every program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HttpSettings {}

impl HttpSettings {
    pub(crate) fn drain_time_limit(&self) -> Duration {
        Duration::from_secs(10)
    }
    pub(crate) fn threads(&self) -> usize {
        1
    }
    pub(crate) fn connection_limit(&self) -> usize {
        10_000
    }
    pub(crate) fn limits(&self) -> Limits {
        Limits::default()
    }
    pub(crate) fn tls(&self) -> Result<Option<Tls>, TlsError> {
        Ok(None)
    }
}
