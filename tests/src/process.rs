//! A program that runs, and that does not outlive the test.

use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};

use crate::capture::Capture;
use crate::deadline::{Deadline, LIMIT};
use crate::outcome::Outcome;

/// A running program, the leader of a process group of its own.
///
/// When dropped, the group is killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
    descriptor: OwnedFd,
    output: Capture,
    error: Capture,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Starts a command, with nothing to read and its output captured.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let output = Capture::begin(child.stdout.take().expect("it was asked for"));
        let error = Capture::begin(child.stderr.take().expect("it was asked for"));
        let pid = rustix::process::Pid::from_child(&child);
        let descriptor = pidfd_open(pid, PidfdFlags::empty()).expect("a child has a descriptor");
        Self {
            child,
            descriptor,
            output,
            error,
            ended: None,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        let id = i32::try_from(self.child.id()).expect("process ids are positive");
        Pid::from_raw(id)
    }

    /// Sends it a signal, and it alone.
    pub fn signal(&self, signal: Signal) {
        assert!(self.ended.is_none(), "it has ended, and its id is free");
        kill(self.pid(), signal).expect("a child that was not reaped takes signals");
    }

    /// What it has printed on standard output so far.
    pub fn stdout(&self) -> String {
        self.output.text()
    }

    /// What it has printed on standard error so far.
    pub fn stderr(&self) -> String {
        self.error.text()
    }

    /// Waits for a line on standard error that contains a text.
    pub fn wait_for_error_line(&self, text: &str) -> String {
        self.wait_for_error(&format!("one with {text:?}"), |line| {
            line.contains(text).then(|| line.to_owned())
        })
    }

    /// Waits for a line on standard error of which `find` makes something.
    pub fn wait_for_error<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.error.wait_for(what, find)
    }

    /// Waits for its end, and for the end of everything that holds its output.
    pub fn wait(mut self) -> Outcome {
        let status = self.wait_for_end();
        Outcome::new(status, self.output.to_end(), self.error.to_end())
    }

    fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Deadline::new();
        loop {
            let Some(left) = deadline.left() else {
                let printed = self.stderr();
                panic!("it still runs after {LIMIT:?}, and has printed:\n{printed}");
            };
            let left = Timespec::try_from(left).expect("the limit is short");
            let mut ends = [PollFd::new(&self.descriptor, PollFlags::IN)];
            match poll(&mut ends, Some(&left)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => break,
                Err(error) => panic!("cannot wait: {error}"),
            }
        }
        let status = self.child.wait().expect("a child can be reaped");
        self.ended = Some(status);
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What it started may have outlived it. Nothing is there when all is well.
        let _ = killpg(self.pid(), Signal::SIGKILL);
        if self.ended.is_none() {
            let _ = self.child.wait();
        }
    }
}
