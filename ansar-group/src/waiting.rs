//! Waiting for the ends of processes that are no children, while their output is stored.

use std::fs::File;
use std::os::fd::AsFd;
use std::time::Instant;

use ansar_home_layout::PidFd;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::capture::Capture;
use crate::clock;
use crate::error::{Error, system};

/// Waits until all of `processes` have ended, and takes them out, or until `deadline`. Told by the
/// kernel of each end and of each line printed, it never polls.
pub(crate) fn wait_for_ends(
    processes: &mut Vec<PidFd>,
    captures: &[&Capture<File>],
    deadline: Instant,
) -> Result<(), Error> {
    while !processes.is_empty() {
        let now = clock::now();
        if now >= deadline {
            return Ok(());
        }
        let ended = wait_once(processes, captures, deadline - now)?;
        let mut ended = ended.into_iter();
        processes.retain(|_| !ended.next().unwrap_or_default());
        for capture in captures {
            for pipe in capture.pipes() {
                capture
                    .turn_now(pipe, now)
                    .map_err(system("read what a role printed"))?;
            }
        }
    }
    Ok(())
}

/// Waits for something to happen; tells for each of `processes` whether it has ended.
fn wait_once(
    processes: &[PidFd],
    captures: &[&Capture<File>],
    limit: std::time::Duration,
) -> Result<Vec<bool>, Error> {
    let descriptors = processes.iter().map(AsFd::as_fd);
    let pipes = captures
        .iter()
        .flat_map(|capture| capture.pipes())
        .map(|pipe| pipe.reader().as_fd());
    let mut polled: Vec<_> = descriptors
        .chain(pipes)
        .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
        .collect();
    match poll(&mut polled, Timespec::try_from(limit).ok().as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(errno) => return Err(system("wait for processes")(errno)),
    }
    let is_ready = |polled: &PollFd<'_>| polled.revents().contains(PollFlags::IN);
    Ok(polled.iter().take(processes.len()).map(is_ready).collect())
}
