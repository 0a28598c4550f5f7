//! What a supervisor is to do.

use std::time::Duration;

use ansar_home_layout::{GroupName, Home, RoleName};

/// How long a role may take to become ready when nothing else is said: a server that warms up
/// for longer is better asked to say so than waited for.
pub const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long a role may take to end when nothing else is said: time to answer what is in flight,
/// short enough for a person to wait.
pub const STOP_LIMIT: Duration = Duration::from_secs(10);

/// A group of roles to be started, and the time they are given.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The home of the roles.
    pub home: Home,
    /// The name of the group.
    pub group: GroupName,
    /// The roles, each once, in any order; they are started in name order.
    pub roles: Vec<RoleName>,
    /// From spawned to ready; see [`READY_LIMIT`].
    pub ready_limit: Duration,
    /// From SIGTERM to SIGKILL; see [`STOP_LIMIT`].
    pub stop_limit: Duration,
}

impl Plan {
    /// A plan with the limits that are right for most roles.
    pub fn new(home: Home, group: GroupName, roles: Vec<RoleName>) -> Self {
        Self {
            home,
            group,
            roles,
            ready_limit: READY_LIMIT,
            stop_limit: STOP_LIMIT,
        }
    }
}
