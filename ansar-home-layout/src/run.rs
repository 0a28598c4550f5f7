//! Runs of a role: the present one and the past ones.

use serde::{Deserialize, Serialize};

use crate::name::GroupName;
use crate::process_identity::ProcessIdentity;

/// Runs that a role's history keeps.
pub const HISTORY_LENGTH_MAX: usize = 8;

/// The document `lock/<role>.json`: who holds the lock beside it, or held it last. Whether
/// it is still running only the lock tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The process, which leads a process group of its own.
    pub process: ProcessIdentity,
    /// The supervisor that started it; none for a supervisor.
    #[serde(default)]
    pub group: Option<ProcessIdentity>,
    /// Name of the supervisor's group.
    #[serde(default)]
    pub group_name: Option<GroupName>,
    /// When it was started: milliseconds since 1970, UTC.
    pub start: i64,
}

/// One run in the document `entry/<role>/history.json`, a list, oldest first, of at most
/// [`HISTORY_LENGTH_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRun {
    /// When it was started: milliseconds since 1970, UTC.
    pub start: i64,
    /// When it had ended, likewise; none while it runs, or when nobody saw it end.
    #[serde(default)]
    pub stop: Option<i64>,
    /// How it ended: `{"exit": 0}` or `{"signal": 9}`. Who only looks for times need not
    /// know every way in which a later version may say it.
    #[serde(default)]
    pub ended: Option<serde_json::Value>,
}
