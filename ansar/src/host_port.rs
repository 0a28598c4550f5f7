//! An address as people write it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A host, by name or by address, and a port.
///
/// ```
/// use ansar::HostPort;
///
/// assert_eq!(HostPort::new("localhost", 5051).to_string(), "localhost:5051");
/// assert_eq!(HostPort::new("::1", 5051).to_string(), "[::1]:5051");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPort {
    /// A name such as `localhost`, or an address such as `127.0.0.1` or `::1`.
    pub host: String,
    /// The port; 0 lets the system choose one that is free.
    pub port: u16,
}

impl HostPort {
    /// Puts the two together.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colons_of_an_address_are_kept_apart_from_the_port() {
        assert_eq!(
            HostPort::new("127.0.0.1", 5051).to_string(),
            "127.0.0.1:5051"
        );
        assert_eq!(HostPort::new("::1", 5051).to_string(), "[::1]:5051");
    }
}
