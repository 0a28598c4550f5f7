//! What a role is made of.

use serde::{Deserialize, Serialize};

/// Bytes of records that a role keeps when it was not told another number: 1 GB.
pub const STORAGE_DEFAULT: u64 = 1_000_000_000;

/// The document `entry/<role>/role.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Name of a file in the home's `bin`, or what to look for on PATH.
    pub executable: String,
    /// What it is started with.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Most bytes that its records take.
    #[serde(default = "storage_default")]
    pub storage: u64,
    /// When it was added: UTC, RFC 3339.
    pub created: String,
}

fn storage_default() -> u64 {
    STORAGE_DEFAULT
}
