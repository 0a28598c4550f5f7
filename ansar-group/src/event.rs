//! What the core is told, and what it answers.

use rustix::process::Pid;

use crate::ended::Ended;

/// One role of a group: its place in the list of roles, which is in name order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RoleId(pub(crate) usize);

/// How a role shows that it is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It says so: the executable is built on the framework.
    Announced,
    /// It still runs after a short time, as nothing more can be expected of a foreign
    /// program. It may say so earlier.
    Settled,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The group is to start its roles.
    Start,
    /// The role runs: `pid` is its first process, and the leader of its process group.
    Spawned { role: RoleId, pid: Pid },
    /// The role could not be run.
    SpawnFailed { role: RoleId, reason: String },
    /// The role said that it is ready.
    NotifiedReady { role: RoleId },
    /// The role's first process ended and was reaped. With `leftovers`, others of its process
    /// group still live.
    Exited {
        role: RoleId,
        how: Ended,
        leftovers: bool,
    },
    /// Nothing of the role's process group lives any more.
    LeftoversGone { role: RoleId },
    /// The group is to stop its roles and to end.
    Stop,
    /// The time that [`Group::wake_at`](crate::group::Group::wake_at) named has come.
    Tick,
}

/// Something to be done, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run the role; answer with `Spawned` or `SpawnFailed`.
    Spawn(RoleId),
    /// Ask every process of the role's process group to end (SIGTERM).
    Terminate { role: RoleId, group: Pid },
    /// End every process of the role's process group (SIGKILL), and look whether any is left.
    Kill { role: RoleId, group: Pid },
    /// The role has become ready: a milestone for the record.
    Readied(RoleId),
    /// Nothing of the role lives any more: record its end.
    Ended { role: RoleId, how: Ended },
    /// Tell whoever started the group how the start went. Said once.
    Report(Outcome),
    /// Nothing lives and nothing will be started: the supervisor ends. Said once, last.
    Finish,
}

/// How the start of a group went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every role is ready, or has completed.
    Ready,
    /// This role did not become ready; nothing was left running.
    Failed { role: RoleId, reason: String },
    /// The group was stopped before every role was ready.
    Stopped,
}
