//! The promises of the store, through its public interface and on real files.

#![expect(clippy::unwrap_used, reason = "tests")]

mod kill;
mod oracle;
mod reading;
