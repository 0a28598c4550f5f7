//! What runs, as locks and documents tell: true with or without a supervisor.

use std::time::Duration;

use ansar_home_layout::{Home, Lock, ProcessIdentity, RoleName, Run};

use crate::clock;
use crate::error::Error;
use crate::holder::{self, LockFile};

/// Who looks after a running role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervision {
    /// The supervisor of its group, by its pid.
    Supervised(i32),
    /// Nobody: the supervisor that started it has died.
    Unsupervised,
}

/// A role that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleStatus {
    /// The role.
    pub role: RoleName,
    /// The pid of its first process, which has ended when only descendants of it are left.
    pub process: i32,
    /// Who looks after it.
    pub group: Supervision,
    /// How long ago its first process was started.
    pub run_time: Duration,
}

/// The roles of a home that are running, in name order. Takes no lock and changes nothing.
///
/// A role is running while its lock is held, by its first process or by a descendant of it.
pub fn status(home: &Home) -> Result<Vec<RoleStatus>, Error> {
    let mut running = Vec::new();
    for role in home.roles()? {
        if Lock::is_held(&home.lock_file(&role))? {
            running.extend(status_of(home, role)?);
        }
    }
    Ok(running)
}

/// `None` for a role that has no process yet, or none any more.
fn status_of(home: &Home, role: RoleName) -> Result<Option<RoleStatus>, Error> {
    if let Some(run) = home.run(&role)? {
        return Ok(Some(RoleStatus {
            process: run.process.pid,
            group: supervision(home, &run)?,
            run_time: run_time(&run),
            role,
        }));
    }
    // The role is being started, or its supervisor died in the moment when it was.
    let supervisors = supervisors(home)?;
    let is_supervisor = |pid: &i32| supervisors.iter().any(|supervisor| supervisor.pid == *pid);
    let Some(lock) = LockFile::at(&home.lock_file(&role))? else {
        return Ok(None);
    };
    let holders = holder::processes()?
        .into_iter()
        .filter(|pid| !is_supervisor(pid) && lock.is_held_by(*pid));
    let identities = holders.filter_map(|pid| ProcessIdentity::of(pid).ok());
    let Some(first) = identities.min_by_key(|identity| identity.ticks) else {
        return Ok(None);
    };
    let group = supervisors
        .first()
        .map_or(Supervision::Unsupervised, |supervisor| {
            Supervision::Supervised(supervisor.pid)
        });
    let run_time = first.run_time().unwrap_or_default();
    Ok(Some(RoleStatus {
        role,
        process: first.pid,
        group,
        run_time,
    }))
}

/// A supervisor looks after its roles for as long as it holds its group's lock.
fn supervision(home: &Home, run: &Run) -> Result<Supervision, Error> {
    let (Some(supervisor), Some(group)) = (&run.group, &run.group_name) else {
        return Ok(Supervision::Unsupervised);
    };
    let is_held = Lock::is_held(&home.lock_file(&RoleName::of_group(group)))?;
    // Another supervisor may hold the lock by now.
    if is_held && supervisor.open()?.is_some() {
        Ok(Supervision::Supervised(supervisor.pid))
    } else {
        Ok(Supervision::Unsupervised)
    }
}

/// The supervisors that live.
fn supervisors(home: &Home) -> Result<Vec<ProcessIdentity>, Error> {
    let mut supervisors = Vec::new();
    for name in home
        .running()?
        .into_iter()
        .filter(|name| name.group().is_some())
    {
        supervisors.extend(home.run(&name)?.map(|run| run.process));
    }
    Ok(supervisors)
}

/// By the clock that nobody can set. It is known also after the first process has ended.
fn run_time(run: &Run) -> Duration {
    let since_start = || clock::stamp().milliseconds().saturating_sub(run.start);
    let by_clock = || Duration::from_millis(u64::try_from(since_start()).unwrap_or_default());
    run.process.run_time().unwrap_or_else(by_clock)
}
