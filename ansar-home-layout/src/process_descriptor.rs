//! A handle on one process, which no reuse of pids can turn to another.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, pidfd_send_signal};

use crate::error::Error;

/// An open process, see [`ProcessIdentity::open`](crate::ProcessIdentity::open). It becomes
/// readable when the process has ended, so it can also be given to a runtime.
#[derive(Debug)]
pub struct PidFd {
    pid: i32,
    descriptor: OwnedFd,
}

impl PidFd {
    pub(crate) fn new(pid: i32, descriptor: OwnedFd) -> Self {
        Self { pid, descriptor }
    }

    /// The pid, to be shown.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends a signal; false when the process has ended and was reaped.
    pub fn signal(&self, signal: Signal) -> Result<bool, Error> {
        match pidfd_send_signal(&self.descriptor, signal) {
            Ok(()) => Ok(true),
            Err(Errno::SRCH) => Ok(false),
            Err(errno) => Err(self.error("signal", errno)),
        }
    }

    /// Waits for the end of the process, at most for `limit`; true when it has ended.
    pub fn wait(&self, limit: Duration) -> Result<bool, Error> {
        // More seconds than the kernel can count are as good as for ever.
        let limit = Timespec::try_from(limit).ok();
        loop {
            let mut polled = [PollFd::new(&self.descriptor, PollFlags::IN)];
            match poll(&mut polled, limit.as_ref()) {
                Err(Errno::INTR) => {}
                Err(errno) => return Err(self.error("wait for", errno)),
                Ok(ended) => return Ok(ended > 0),
            }
        }
    }

    fn error(&self, action: &'static str, errno: Errno) -> Error {
        Error::Process {
            action,
            pid: self.pid,
            source: errno.into(),
        }
    }
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl From<PidFd> for OwnedFd {
    fn from(process: PidFd) -> Self {
        process.descriptor
    }
}
