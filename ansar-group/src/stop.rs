//! Stopping groups, whether their supervisors obey, hang or are dead.

use std::time::Duration;

use ansar_home_layout::{GroupName, Home, PidFd, ProcessIdentity, RoleName};
use rustix::process::Signal;

use crate::clock;
use crate::error::Error;
use crate::history;
use crate::holder::{self, LockFile};
use crate::orphan::{self, KILL_LIMIT, Orphan};
use crate::waiting::wait_for_ends;

/// What a supervisor needs beyond the limit that it gives its roles: to kill those that did not
/// obey, store what they printed and write its documents.
const SUPERVISOR_MARGIN: Duration = Duration::from_secs(2);

/// What a stop has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    /// The groups whose supervisors were running and have ended, in name order.
    pub groups: Vec<GroupName>,
    /// The roles that were running and have ended, in name order.
    pub roles: Vec<RoleName>,
    /// The roles that could not be ended, in name order: a process waits for a device, or
    /// belongs to another user.
    pub survivors: Vec<RoleName>,
}

/// Stops groups, all of the home when `groups` is empty, and returns when nothing of them lives.
///
/// Asks each supervisor to end, which ends its roles. One that has not done so in the time that
/// its roles have (`limit`) and a little more is killed. Roles that have no supervisor, then or
/// from the beginning, are ended directly: SIGTERM, `limit`, SIGKILL.
pub fn stop(home: &Home, groups: &[GroupName], limit: Duration) -> Result<Stopped, Error> {
    let is_wanted = |group: Option<&GroupName>| {
        groups.is_empty() || group.is_some_and(|group| groups.contains(group))
    };
    let before = running(home, is_wanted)?;
    end_supervisors(home, &before.groups, limit)?;
    let after = running(home, is_wanted)?;
    let orphans: Result<Vec<_>, _> = after
        .roles
        .iter()
        .map(|role| Orphan::of(home, role.clone()))
        .collect();
    let survivors = orphan::end(orphans?, limit)?;
    let mut roles = before.roles;
    roles.extend(after.roles);
    roles.sort_unstable();
    roles.dedup();
    roles.retain(|role| !survivors.contains(role));
    Ok(Stopped {
        groups: before.groups,
        roles,
        survivors,
    })
}

/// What runs of the groups that are wanted.
struct Running {
    groups: Vec<GroupName>,
    roles: Vec<RoleName>,
}

fn running(home: &Home, is_wanted: impl Fn(Option<&GroupName>) -> bool) -> Result<Running, Error> {
    let mut running = Running {
        groups: Vec::new(),
        roles: Vec::new(),
    };
    for name in home.running()? {
        if let Some(group) = name.group() {
            running
                .groups
                .extend(Some(group).filter(|group| is_wanted(Some(group))));
        } else {
            let run = home.run(&name)?;
            let group = run.as_ref().and_then(|run| run.group_name.as_ref());
            running
                .roles
                .extend(Some(name).filter(|_| is_wanted(group)));
        }
    }
    Ok(running)
}

fn end_supervisors(home: &Home, groups: &[GroupName], limit: Duration) -> Result<(), Error> {
    let mut supervisors = Vec::new();
    for group in groups {
        supervisors.extend(supervisor(home, group)?);
    }
    for process in &supervisors {
        process.signal(Signal::TERM)?;
    }
    wait_for_ends(
        &mut supervisors,
        &[],
        clock::now() + limit + SUPERVISOR_MARGIN,
    )?;
    for process in &supervisors {
        process.signal(Signal::KILL)?;
    }
    wait_for_ends(&mut supervisors, &[], clock::now() + KILL_LIMIT)?;
    for group in groups {
        complete_history(home, group)?;
    }
    Ok(())
}

/// The process that holds the lock of a group; `None` when it has just ended. It is in the
/// document beside the lock, but for the moment before that is written.
fn supervisor(home: &Home, group: &GroupName) -> Result<Option<PidFd>, Error> {
    let name = RoleName::of_group(group);
    let Some(lock) = LockFile::at(&home.lock_file(&name))? else {
        return Ok(None);
    };
    let verified = |identity: ProcessIdentity| -> Result<_, Error> {
        Ok(identity
            .open()?
            .filter(|process| lock.is_held_by(process.pid())))
    };
    if let Some(run) = home.run(&name)?
        && let Some(process) = verified(run.process)?
    {
        return Ok(Some(process));
    }
    let holder = holder::processes()?
        .into_iter()
        .find(|&pid| lock.is_held_by(pid));
    match holder.map(ProcessIdentity::of) {
        Some(Ok(identity)) => verified(identity),
        Some(Err(_)) | None => Ok(None),
    }
}

/// A supervisor that obeyed has done this itself.
fn complete_history(home: &Home, group: &GroupName) -> Result<(), Error> {
    let name = RoleName::of_group(group);
    let Some(run) = home.run(&name)? else {
        return Ok(());
    };
    let end = (clock::stamp().milliseconds(), None);
    history::end(home, &name, run.start, end)
}
