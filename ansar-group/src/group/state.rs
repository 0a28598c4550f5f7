//! The states of a role, and of a group.

use std::time::Instant;

use rustix::process::Pid;

use crate::ended::Ended;
use crate::event::Outcome;

/// Where a role is, with what belongs to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Not asked for yet.
    Waiting,
    /// Asked for; there is no process yet.
    Spawning,
    /// Runs, not ready. `settles_at` is when running alone makes it ready.
    Starting {
        pid: Pid,
        settles_at: Option<Instant>,
        fails_at: Instant,
    },
    /// Runs and is ready.
    Ready { pid: Pid },
    /// Was asked to end; its first process lives.
    Stopping { pid: Pid, kill_at: Instant },
    /// Its first process ended; the others of its process group were asked to end.
    Clearing {
        pid: Pid,
        how: Ended,
        kill_at: Instant,
    },
    /// Nothing of it lives.
    Ended { how: Ended },
    /// It could not be run.
    Unspawned,
}

impl State {
    /// Whether it has, or may at any moment have, a process.
    pub(super) fn is_alive(&self) -> bool {
        match self {
            Self::Waiting | Self::Ended { .. } | Self::Unspawned => false,
            Self::Spawning
            | Self::Starting { .. }
            | Self::Ready { .. }
            | Self::Stopping { .. }
            | Self::Clearing { .. } => true,
        }
    }

    /// Whether the start of the group need not wait for it any more.
    pub(super) fn is_ready_or_completed(&self) -> bool {
        match self {
            Self::Ready { .. } => true,
            Self::Clearing { how, .. } | Self::Ended { how } => how.is_success(),
            _ => false,
        }
    }

    pub(super) fn wake_at(&self) -> Option<Instant> {
        match *self {
            Self::Starting {
                settles_at,
                fails_at,
                ..
            } => Some(settles_at.map_or(fails_at, |settles_at| settles_at.min(fails_at))),
            Self::Stopping { kill_at, .. } | Self::Clearing { kill_at, .. } => Some(kill_at),
            _ => None,
        }
    }
}

/// How far the group as a whole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// Made, not started.
    Idle,
    /// Roles are becoming ready; nothing was reported yet.
    Starting,
    /// The start was reported.
    Running,
    /// Everything is being ended. `report` is said when nothing lives.
    Stopping { report: Option<Outcome> },
    /// Finish was said.
    Finished,
}
