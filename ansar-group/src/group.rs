//! What a group of roles does next: a pure function of its state, an event and the time.
//!
//! Events come in through [`Group::step`], actions come out; the driver performs them and
//! sets one timer for [`Group::wake_at`]. Nothing here may touch a process, a file or a clock.
//!
//! A role goes this way, where each step but the first may be left out:
//!
//! ```text
//! Waiting → Spawning → Starting → Ready → Stopping → Clearing → Ended
//! ```
//!
//! `Stopping` and `Clearing` differ in the role's first process, which lives in the former and
//! has ended in the latter, where only what it left behind is waited for.

mod state;

use std::time::{Duration, Instant};

use rustix::process::Pid;

use crate::ended::Ended;
use crate::event::{Action, Event, Outcome, Readiness, RoleId};
use crate::group::state::{Phase, State};

/// How long a foreign program must run to count as ready: long enough for a shell to find
/// that a command is missing, short enough not to be felt at `start`.
pub(crate) const SETTLING_TIME: Duration = Duration::from_millis(100);

/// How long after SIGKILL a process group is looked at, and killed, again. Its end is normally
/// told by SIGCHLD; this is for members whose parent is not in the group and not the supervisor,
/// and for processes that the kernel cannot end yet.
pub(crate) const KILL_AGAIN: Duration = Duration::from_secs(1);

/// The time that roles are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// From spawned to ready.
    pub(crate) ready: Duration,
    /// From SIGTERM to SIGKILL.
    pub(crate) stop: Duration,
}

#[derive(Debug)]
struct Role {
    readiness: Readiness,
    state: State,
}

/// A group of roles that are started and stopped together.
#[derive(Debug)]
pub(crate) struct Group {
    roles: Vec<Role>,
    limits: Limits,
    phase: Phase,
}

impl Group {
    /// A group of roles that are not started yet, in the order in which they will be.
    pub(crate) fn new(roles: impl IntoIterator<Item = Readiness>, limits: Limits) -> Self {
        let waiting = |readiness| Role {
            readiness,
            state: State::Waiting,
        };
        Self {
            roles: roles.into_iter().map(waiting).collect(),
            limits,
            phase: Phase::Idle,
        }
    }

    /// Takes one event and the time when it happened; returns what to do about it.
    pub(crate) fn step(&mut self, event: Event, now: Instant) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::Start => self.start(&mut actions),
            Event::Spawned { role, pid } => self.spawned(role, pid, now, &mut actions),
            Event::SpawnFailed { role, reason } => {
                self.spawn_failed(role, reason, now, &mut actions);
            }
            Event::NotifiedReady { role } => self.readied(role, &mut actions),
            Event::Exited {
                role,
                how,
                leftovers: true,
            } => self.left_behind(role, how, now, &mut actions),
            Event::Exited {
                role,
                how,
                leftovers: false,
            } => self.ended(role, how, now, &mut actions),
            Event::LeftoversGone { role } => self.cleared(role, &mut actions),
            Event::Stop => self.stop(Outcome::Stopped, now, &mut actions),
            Event::Tick => self.tick(now, &mut actions),
        }
        self.conclude(&mut actions);
        actions
    }

    /// When `Tick` must be told, or `None` when only events can change anything.
    pub(crate) fn wake_at(&self) -> Option<Instant> {
        self.roles
            .iter()
            .filter_map(|role| role.state.wake_at())
            .min()
    }

    /// The processes that may have left others behind: those whose end the driver must look for
    /// whenever a child that is no role has ended.
    pub(crate) fn clearing(&self) -> impl Iterator<Item = (RoleId, Pid)> {
        self.roles
            .iter()
            .enumerate()
            .filter_map(|(index, role)| match role.state {
                State::Clearing { pid, .. } => Some((RoleId(index), pid)),
                _ => None,
            })
    }

    /// The role whose first process, or whose process group, this is.
    pub(crate) fn role_of(&self, pid: Pid) -> Option<RoleId> {
        let owns = |role: &Role| match role.state {
            State::Starting { pid: own, .. }
            | State::Ready { pid: own }
            | State::Stopping { pid: own, .. }
            | State::Clearing { pid: own, .. } => own == pid,
            State::Waiting | State::Spawning | State::Ended { .. } | State::Unspawned => false,
        };
        self.roles.iter().position(owns).map(RoleId)
    }

    fn start(&mut self, actions: &mut Vec<Action>) {
        if self.phase != Phase::Idle {
            return;
        }
        self.phase = Phase::Starting;
        for (index, role) in self.roles.iter_mut().enumerate() {
            role.state = State::Spawning;
            actions.push(Action::Spawn(RoleId(index)));
        }
    }

    fn spawned(&mut self, id: RoleId, pid: Pid, now: Instant, actions: &mut Vec<Action>) {
        let role = &mut self.roles[id.0];
        if role.state != State::Spawning {
            return;
        }
        if matches!(self.phase, Phase::Stopping { .. }) {
            actions.push(Action::Terminate {
                role: id,
                group: pid,
            });
            role.state = State::Stopping {
                pid,
                kill_at: now + self.limits.stop,
            };
            return;
        }
        let settles_at = match role.readiness {
            Readiness::Announced => None,
            Readiness::Settled => Some(now + SETTLING_TIME),
        };
        role.state = State::Starting {
            pid,
            settles_at,
            fails_at: now + self.limits.ready,
        };
    }

    fn spawn_failed(
        &mut self,
        id: RoleId,
        reason: String,
        now: Instant,
        actions: &mut Vec<Action>,
    ) {
        let role = &mut self.roles[id.0];
        if role.state == State::Spawning {
            role.state = State::Unspawned;
            self.fail(id, reason, now, actions);
        }
    }

    fn readied(&mut self, id: RoleId, actions: &mut Vec<Action>) {
        let role = &mut self.roles[id.0];
        if let State::Starting { pid, .. } = role.state {
            role.state = State::Ready { pid };
            actions.push(Action::Readied(id));
        }
    }

    /// The role's first process ended, and left others behind.
    fn left_behind(&mut self, id: RoleId, how: Ended, now: Instant, actions: &mut Vec<Action>) {
        let role = &mut self.roles[id.0];
        let before = role.state.clone();
        match before {
            State::Starting { pid, .. } | State::Ready { pid } => {
                actions.push(Action::Terminate {
                    role: id,
                    group: pid,
                });
                role.state = State::Clearing {
                    pid,
                    how,
                    kill_at: now + self.limits.stop,
                };
            }
            // They were asked together with the first process; their time goes on.
            State::Stopping { pid, kill_at } => role.state = State::Clearing { pid, how, kill_at },
            _ => return,
        }
        if let Some(reason) = bad_end(&before, how) {
            self.fail(id, reason, now, actions);
        }
    }

    /// The role's first process ended, and nothing of its process group is left.
    fn ended(&mut self, id: RoleId, how: Ended, now: Instant, actions: &mut Vec<Action>) {
        let role = &mut self.roles[id.0];
        match role.state {
            State::Starting { .. } | State::Ready { .. } | State::Stopping { .. } => {
                let before = std::mem::replace(&mut role.state, State::Ended { how });
                actions.push(Action::Ended { role: id, how });
                if let Some(reason) = bad_end(&before, how) {
                    self.fail(id, reason, now, actions);
                }
            }
            _ => {}
        }
    }

    fn cleared(&mut self, id: RoleId, actions: &mut Vec<Action>) {
        let role = &mut self.roles[id.0];
        if let State::Clearing { how, .. } = role.state {
            role.state = State::Ended { how };
            actions.push(Action::Ended { role: id, how });
        }
    }

    fn fail(&mut self, role: RoleId, reason: String, now: Instant, actions: &mut Vec<Action>) {
        if self.phase == Phase::Starting {
            self.stop(Outcome::Failed { role, reason }, now, actions);
        }
    }

    /// Ends everything; `outcome` is what will be reported when nothing was reported yet.
    fn stop(&mut self, outcome: Outcome, now: Instant, actions: &mut Vec<Action>) {
        let report = match self.phase {
            Phase::Idle | Phase::Starting => Some(outcome),
            Phase::Running => None,
            Phase::Stopping { .. } | Phase::Finished => return,
        };
        self.phase = Phase::Stopping { report };
        for (index, role) in self.roles.iter_mut().enumerate() {
            if let State::Starting { pid, .. } | State::Ready { pid } = role.state {
                actions.push(Action::Terminate {
                    role: RoleId(index),
                    group: pid,
                });
                role.state = State::Stopping {
                    pid,
                    kill_at: now + self.limits.stop,
                };
            }
        }
    }

    fn tick(&mut self, now: Instant, actions: &mut Vec<Action>) {
        for index in 0..self.roles.len() {
            let id = RoleId(index);
            let role = &mut self.roles[index];
            match &mut role.state {
                State::Starting {
                    settles_at: Some(settles_at),
                    ..
                } if *settles_at <= now => {
                    self.readied(id, actions);
                }
                State::Starting { fails_at, .. } if *fails_at <= now => {
                    let reason = format!("it was not ready after {:?}", self.limits.ready);
                    self.fail(id, reason, now, actions);
                }
                State::Stopping { pid, kill_at } | State::Clearing { pid, kill_at, .. }
                    if *kill_at <= now =>
                {
                    *kill_at = now + KILL_AGAIN;
                    actions.push(Action::Kill {
                        role: id,
                        group: *pid,
                    });
                }
                _ => {}
            }
        }
    }

    /// What follows for the group from the states of its roles.
    fn conclude(&mut self, actions: &mut Vec<Action>) {
        if self.phase == Phase::Starting
            && self
                .roles
                .iter()
                .all(|role| role.state.is_ready_or_completed())
        {
            self.phase = Phase::Running;
            actions.push(Action::Report(Outcome::Ready));
        }
        if self.roles.iter().any(|role| role.state.is_alive()) {
            return;
        }
        match &mut self.phase {
            Phase::Idle | Phase::Starting | Phase::Finished => {}
            Phase::Running => {
                self.phase = Phase::Finished;
                actions.push(Action::Finish);
            }
            Phase::Stopping { report } => {
                actions.extend(report.take().map(Action::Report));
                self.phase = Phase::Finished;
                actions.push(Action::Finish);
            }
        }
    }
}

/// What is to be said against a role that ended before the start was reported.
fn bad_end(before: &State, how: Ended) -> Option<String> {
    let moment = match before {
        State::Ready { .. } => "before every role was ready",
        _ => "before it was ready",
    };
    (!how.is_success()).then(|| format!("it {how} {moment}"))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod any_order;
