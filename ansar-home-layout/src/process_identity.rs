//! Which process it is, also after its pid was given to another.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::process_descriptor::PidFd;

/// Where the kernel tells one boot from another.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The start time in `/proc/<pid>/stat`, counted after the name: the 22nd field of all, the
/// name being the second and in brackets, because it may have spaces and brackets itself.
const START_AFTER_NAME: usize = 19;

/// A process: the boot it ran in, its pid, and when it started. A pid is used again after
/// its process has ended; the three together are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// The boot of the machine, as `/proc/sys/kernel/random/boot_id` names it.
    pub boot: String,
    /// The process within that boot.
    pub pid: i32,
    /// When it started, in clock ticks since the boot.
    pub ticks: u64,
}

impl ProcessIdentity {
    /// The identity of a process that exists, be it ended and not yet reaped; an error when
    /// there is none.
    pub fn of(pid: i32) -> Result<Self, Error> {
        Ok(Self {
            boot: boot()?,
            pid,
            ticks: ticks(pid).map_err(process("identify", pid))?,
        })
    }

    /// The identity of this process.
    pub fn current() -> Result<Self, Error> {
        Self::of(rustix::process::getpid().as_raw_nonzero().get())
    }

    /// A handle on the process by which it can be signalled and awaited, whatever becomes of
    /// its pid; `None` when it has ended, reaped or not, or the pid is another process now.
    pub fn open(&self) -> Result<Option<PidFd>, Error> {
        // A document can hold any number, and `from_raw` panics at a negative one.
        let Some(pid) = Pid::from_raw(self.pid.max(0)) else {
            return Ok(None);
        };
        if self.boot != boot()? {
            return Ok(None);
        }
        // Opened first and compared second: a pid whose start time is right now was this
        // process when it was opened too.
        let descriptor = match pidfd_open(pid, PidfdFlags::empty()) {
            Err(rustix::io::Errno::SRCH) => return Ok(None),
            opened => opened.map_err(|errno| process("open", self.pid)(errno.into()))?,
        };
        let descriptor = PidFd::new(self.pid, descriptor);
        let is_same = ticks(self.pid).is_ok_and(|ticks| ticks == self.ticks);
        if !is_same || descriptor.wait(Duration::ZERO)? {
            return Ok(None);
        }
        Ok(Some(descriptor))
    }

    /// How long ago it started; `None` when that was in another boot.
    pub fn run_time(&self) -> Option<Duration> {
        if boot().is_ok_and(|boot| boot == self.boot) {
            Some(age(self.ticks, time_since_boot()))
        } else {
            None
        }
    }
}

fn age(ticks: u64, since_boot: Duration) -> Duration {
    let per_second = rustix::param::clock_ticks_per_second();
    let seconds = Duration::from_secs(ticks / per_second);
    let parts = u32::try_from(ticks % per_second).unwrap_or_default();
    let part = Duration::from_secs(1) / u32::try_from(per_second).unwrap_or(1);
    since_boot.saturating_sub(seconds + part * parts)
}

/// Counts on while the machine sleeps, as the start times in `/proc` do.
fn time_since_boot() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

fn boot() -> Result<String, Error> {
    let boot = fs::read_to_string(BOOT).map_err(crate::error::file("read", BOOT.as_ref()))?;
    Ok(boot.trim_end().to_owned())
}

fn ticks(pid: i32) -> io::Result<u64> {
    // Bytes, not text: a name need not be UTF-8.
    let stat = fs::read(format!("/proc/{pid}/stat"))?;
    start_of(&stat).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no start time"))
}

fn start_of(stat: &[u8]) -> Option<u64> {
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    let fields = str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    fields
        .split_ascii_whitespace()
        .nth(START_AFTER_NAME)?
        .parse()
        .ok()
}

fn process(action: &'static str, pid: i32) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Process {
        action,
        pid,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn sleeper() -> Child {
        Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn pid_of(child: &Child) -> i32 {
        i32::try_from(child.id()).unwrap()
    }

    #[test]
    fn the_current_process_is_found_again() {
        let identity = ProcessIdentity::current().unwrap();
        assert_eq!(identity.pid, i32::try_from(std::process::id()).unwrap());
        assert!(identity.open().unwrap().is_some());
        let text = serde_json::to_string(&identity).unwrap();
        assert_eq!(
            serde_json::from_str::<ProcessIdentity>(&text).unwrap(),
            identity
        );
    }

    #[test]
    fn a_process_that_has_ended_is_gone_reaped_or_not() {
        let mut child = sleeper();
        let identity = ProcessIdentity::of(pid_of(&child)).unwrap();
        let handle = identity.open().unwrap().unwrap();
        assert!(!handle.wait(Duration::ZERO).unwrap());
        drop(child.stdin.take());
        assert!(handle.wait(Duration::from_secs(10)).unwrap());
        assert!(identity.open().unwrap().is_none(), "not yet reaped");
        child.wait().unwrap();
        assert!(identity.open().unwrap().is_none(), "reaped");
        assert!(ProcessIdentity::of(identity.pid).is_err());
        assert!(!handle.signal(rustix::process::Signal::KILL).unwrap());
    }

    #[test]
    fn a_pid_that_is_another_process_now_is_not_mistaken() {
        let identity = ProcessIdentity::current().unwrap();
        let earlier = ProcessIdentity {
            ticks: identity.ticks - 1,
            ..identity.clone()
        };
        assert!(earlier.open().unwrap().is_none());
        let rebooted = ProcessIdentity {
            boot: "another".to_owned(),
            ..identity
        };
        assert!(rebooted.open().unwrap().is_none());
        assert_eq!(rebooted.run_time(), None);
    }

    #[test]
    fn pids_that_no_process_has_are_gone() {
        for pid in [0, -1, i32::MAX] {
            let identity = ProcessIdentity {
                pid,
                ..ProcessIdentity::current().unwrap()
            };
            assert!(identity.open().unwrap().is_none(), "{pid}");
        }
    }

    #[test]
    fn a_signal_reaches_the_process() {
        let mut child = sleeper();
        let handle = ProcessIdentity::of(pid_of(&child)).unwrap().open().unwrap();
        assert!(
            handle
                .unwrap()
                .signal(rustix::process::Signal::TERM)
                .unwrap()
        );
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn the_start_is_found_behind_any_name() {
        let stat = b"7 (a) b) (\xff) S 1 7 7 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9";
        assert_eq!(start_of(stat), Some(4711));
        assert_eq!(start_of(b"7 (a) S 1"), None);
        assert_eq!(start_of(b""), None);
    }

    #[test]
    fn the_age_is_the_time_since_the_start() {
        let per_second = rustix::param::clock_ticks_per_second();
        let since_boot = Duration::from_secs(100);
        assert_eq!(
            age(per_second * 90 + per_second / 2, since_boot),
            Duration::from_millis(9500)
        );
        assert_eq!(age(per_second * 200, since_boot), Duration::ZERO);
    }

    #[test]
    fn a_young_process_has_run_for_a_short_time() {
        let mut child = sleeper();
        let run_time = ProcessIdentity::of(pid_of(&child)).unwrap().run_time();
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(run_time.unwrap() < Duration::from_mins(1));
    }
}
