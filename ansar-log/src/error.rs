//! What can go wrong with a store.

use std::io;
use std::path::PathBuf;

/// Why a store cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The cap leaves no room for a store.
    #[error("a log store of {cap} bytes is too small, expected {cap_min} or more")]
    CapTooSmall {
        /// Bytes that were asked for.
        cap: u64,
        /// The least number of bytes.
        cap_min: u64,
    },
    /// The system refused something.
    #[error("cannot {action} \"{}\"", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}
