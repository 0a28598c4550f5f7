//! Whoever sends a request.

use std::fmt;

use crate::record::Identity;

/// Whoever sends a request, as the record names it: `<00000005>.7`, the seventh request over
/// a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) connection: Identity,
    pub(crate) number: u64,
}

impl fmt::Display for Asker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.connection, self.number)
    }
}
