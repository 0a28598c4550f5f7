//! The ends of processes: waiting for them, bringing them about, and what they say.

use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};

use crate::DEADLINE;

/// The exit status as shells have it: 128 and the number of the signal when one ended a process.
pub(crate) fn exit_status(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Whether a process ends before the deadline.
pub(crate) fn wait_in_time(child: &Child) -> bool {
    ends_within(child, DEADLINE)
}

/// Whether a child ends within a limit.
pub(crate) fn ends_within(child: &Child, limit: Duration) -> bool {
    let process = rustix::process::Pid::from_child(child);
    ends(&open(process), limit)
}

/// Kills any process, and waits for its end.
pub fn kill_and_wait(process: i32) {
    let number = rustix::process::Pid::from_raw(process).expect("a process has a number");
    let descriptor = open(number);
    kill(Pid::from_raw(process), Signal::SIGKILL).expect("the process runs");
    assert!(ends(&descriptor, DEADLINE), "{process} does not end");
}

fn open(process: rustix::process::Pid) -> OwnedFd {
    pidfd_open(process, PidfdFlags::empty()).expect("the process is there")
}

/// Whether a process ends within a limit; told by the system, not asked again and again.
pub(crate) fn ends(process: &OwnedFd, limit: Duration) -> bool {
    let limit = Timespec::try_from(limit).expect("a limit is short");
    let mut polled = [PollFd::new(process, PollFlags::IN)];
    poll(&mut polled, Some(&limit)).expect("a descriptor can be polled") > 0
}
