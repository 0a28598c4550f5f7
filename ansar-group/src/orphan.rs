//! A role whose supervisor is gone: it is ended without one.

use std::fs::File;
use std::time::{Duration, Instant};

use ansar_home_layout::{Home, Lock, PidFd, ProcessIdentity, RoleName, Run, STORAGE_DEFAULT};
use rustix::process::{Pid, Signal};

use crate::capture::Capture;
use crate::chronicle::Chronicle;
use crate::clock;
use crate::error::Error;
use crate::history;
use crate::holder::{self, LockFile};
use crate::waiting::wait_for_ends;

/// How long the kernel is given to end what was killed. It is immediate, but for processes that
/// wait for a device.
pub(crate) const KILL_LIMIT: Duration = Duration::from_secs(5);

/// A role that runs without a supervisor.
#[derive(Debug)]
pub(crate) struct Orphan<'a> {
    home: &'a Home,
    pub(crate) role: RoleName,
    run: Option<Run>,
    /// What it prints is stored to the end, if that is possible.
    capture: Option<Capture<File>>,
}

impl<'a> Orphan<'a> {
    pub(crate) fn of(home: &'a Home, role: RoleName) -> Result<Self, Error> {
        let run = home.run(&role)?;
        let storage = home
            .role(&role)?
            .map_or(STORAGE_DEFAULT, |description| description.storage);
        let capture = Capture::open(home, &role, storage, Ok).ok();
        Ok(Self {
            home,
            role,
            run,
            capture,
        })
    }

    /// Whether a process of it lives.
    pub(crate) fn lives(&self) -> Result<bool, Error> {
        Ok(Lock::is_held(&self.home.lock_file(&self.role))?)
    }

    /// Handles on its processes: those that hold its lock, wherever they went, and those of its
    /// process group, also when they have closed the lock. Verified after the handle is open,
    /// so that no reuse of a pid can put another process in their place.
    fn processes(&self) -> Result<Vec<PidFd>, Error> {
        let Some(lock) = LockFile::at(&self.home.lock_file(&self.role))? else {
            return Ok(Vec::new());
        };
        let all = holder::processes()?;
        let group = self.process_group(&all, lock)?;
        let is_of_role = |pid| lock.is_held_by(pid) || (group.is_some() && group_of(pid) == group);
        let mut processes = Vec::new();
        for pid in all.into_iter().filter(|&pid| is_of_role(pid)) {
            // It may have ended since.
            let Ok(identity) = ProcessIdentity::of(pid) else {
                continue;
            };
            processes.extend(identity.open()?.filter(|_| is_of_role(pid)));
        }
        Ok(processes)
    }

    /// The role's process group, when it is certain that the number still means it: its leader
    /// lives, or a process in it holds the lock.
    fn process_group(&self, all: &[i32], lock: LockFile) -> Result<Option<Pid>, Error> {
        let Some(run) = &self.run else {
            return Ok(None);
        };
        let group = Pid::from_raw(run.process.pid.max(0));
        let is_certain = run.process.open()?.is_some()
            || all
                .iter()
                .any(|&pid| group_of(pid) == group && lock.is_held_by(pid));
        Ok(group.filter(|_| is_certain))
    }

    /// Completes what the dead supervisor could not.
    fn finish(&self) -> Result<(), Error> {
        if let Some(capture) = &self.capture {
            // What cannot be read any more cannot be stored; the role has ended all the same.
            let _unread = capture.drain(clock::now());
        }
        let Some(run) = &self.run else { return Ok(()) };
        if let Some(group) = &run.group_name {
            let mut chronicle = Chronicle::open(self.home, group)?;
            chronicle.ended(format_args!("{} was ended without supervisor", self.role));
        }
        // Who is no parent is not told how it ended.
        let end = (clock::stamp().milliseconds(), None);
        history::end(self.home, &self.role, run.start, end)
    }
}

/// Kernel threads and processes of other namespaces are in group 0, which is none.
fn group_of(pid: i32) -> Option<Pid> {
    let group = nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(pid))).ok()?;
    Pid::from_raw(group.as_raw())
}

/// Ends roles: SIGTERM, `limit`, SIGKILL; all at once. Returns those that could not be ended.
pub(crate) fn end(mut orphans: Vec<Orphan<'_>>, limit: Duration) -> Result<Vec<RoleName>, Error> {
    end_by(Signal::TERM, &mut orphans, clock::now() + limit)?;
    end_by(Signal::KILL, &mut orphans, clock::now() + KILL_LIMIT)?;
    Ok(orphans.into_iter().map(|orphan| orphan.role).collect())
}

/// Sends a signal to every process of the roles, also to those that appear meanwhile, and waits
/// for their ends. Takes out the roles that have ended.
fn end_by(signal: Signal, orphans: &mut Vec<Orphan<'_>>, deadline: Instant) -> Result<(), Error> {
    loop {
        let mut processes = Vec::new();
        for orphan in &*orphans {
            processes.extend(orphan.processes()?);
        }
        let is_nobody_to_see = processes.is_empty();
        for process in &processes {
            process.signal(signal)?;
            // One that is suspended could not obey.
            process.signal(Signal::CONT)?;
        }
        let captures: Vec<_> = orphans
            .iter()
            .filter_map(|orphan| orphan.capture.as_ref())
            .collect();
        wait_for_ends(&mut processes, &captures, deadline)?;
        take_out_ended(orphans)?;
        if orphans.is_empty() || is_nobody_to_see || !processes.is_empty() {
            return Ok(());
        }
    }
}

fn take_out_ended(orphans: &mut Vec<Orphan<'_>>) -> Result<(), Error> {
    let mut living = Vec::new();
    for orphan in orphans.drain(..) {
        if orphan.lives()? {
            living.push(orphan);
        } else {
            orphan.finish()?;
        }
    }
    *orphans = living;
    Ok(())
}
