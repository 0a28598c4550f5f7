//! Processes of a sandbox that no guard knows of: those that have detached themselves.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How often to look again: each time, what was started in the meantime is found, and it
/// takes several generations of processes at once to outrun this.
const ROUNDS: usize = 100;

/// The processes whose `HOME` is this folder. Zombies have no environment, and do not count.
pub(crate) fn in_folder(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id| is_in_folder(*id, folder)).collect()
}

/// Kills them.
pub(crate) fn kill_in_folder(folder: &Path) {
    for _ in 0..ROUNDS {
        let found = in_folder(folder);
        if found.is_empty() {
            return;
        }
        for id in found {
            kill(id, folder);
        }
    }
}

/// A process is killed through its descriptor, opened before the last look at whose it is:
/// an id may have become another process's in between.
fn kill(id: u32, folder: &Path) {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
    let descriptor = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    if let Some(descriptor) = descriptor
        && is_in_folder(id, folder)
    {
        let _ = pidfd_send_signal(&descriptor, Signal::KILL);
    }
}

fn is_in_folder(id: u32, folder: &Path) -> bool {
    let Ok(environment) = fs::read(format!("/proc/{id}/environ")) else {
        return false;
    };
    environment
        .split(|byte| *byte == 0)
        .filter_map(|variable| variable.strip_prefix(b"HOME="))
        .any(|home| OsStr::from_bytes(home) == folder)
}
