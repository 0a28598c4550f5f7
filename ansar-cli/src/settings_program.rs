//! Running an executable that is built on the framework, for it to check and store the
//! settings of a role.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ansar_home_layout::{Home, RoleName, environment};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use thiserror::Error;

use crate::error::quoted;

/// How long an executable may take to store settings; it does so before it does anything
/// else. Longer than that and it is doing something else.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Bytes that are kept of what it prints on standard error: the last line is wanted.
const TAIL_SIZE: usize = 4096;

/// By which the executable is asked to store its settings and to end.
const STORE_SETTINGS: &str = "--store-settings";

/// The variable of the convention by which a role says that it is ready.
const NOTIFY_SOCKET: &str = "NOTIFY_SOCKET";

/// Why settings were not stored.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("cannot run {path:?}")]
    Run {
        path: std::path::PathBuf,
        source: io::Error,
    },
    #[error("{path:?} did not store its settings in {limit:?}")]
    TooSlow {
        path: std::path::PathBuf,
        limit: Duration,
    },
    /// In the executable's own words.
    #[error("{0}")]
    Refused(String),
}

/// Has the executable at `path` store the settings of a role, given as options.
pub(crate) fn store_settings(
    home: &Home,
    role: &RoleName,
    path: &Path,
    options: &[String],
    limit: Duration,
) -> Result<(), StoreError> {
    let run_error = |source| StoreError::Run {
        path: path.to_path_buf(),
        source,
    };
    let mut child = Command::new(path)
        .args(options)
        .arg(STORE_SETTINGS)
        .env(environment::HOME, home.path())
        .env(environment::ROLE, role.as_str())
        .env_remove(environment::GROUP)
        .env_remove(NOTIFY_SOCKET)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(run_error)?;
    let ended = wait(&mut child, limit);
    if !matches!(ended, Ok(Some(_))) {
        // It is a child that was not reaped: the signal cannot meet another process.
        let _ = child.kill();
        let _ = child.wait();
    }
    match ended.map_err(run_error)? {
        None => Err(StoreError::TooSlow {
            path: path.to_path_buf(),
            limit,
        }),
        Some((status, _)) if status.success() => Ok(()),
        Some((status, printed)) => Err(StoreError::Refused(
            last_words(&printed).unwrap_or_else(|| format!("{} ended with {status}", quoted(path))),
        )),
    }
}

/// Waits for the end of a child, and keeps the end of what it prints; `None` when the limit
/// has passed.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let mut printed = Vec::new();
    let mut stderr = child.stderr.take();
    if let Some(stderr) = &stderr {
        ioctl_fionbio(stderr, true)?;
    }
    let deadline = now() + limit;
    loop {
        let left = Timespec::try_from(deadline.saturating_duration_since(now())).ok();
        let mut polled = vec![PollFd::new(&process, PollFlags::IN)];
        polled.extend(
            stderr
                .as_ref()
                .map(|stderr| PollFd::new(stderr, PollFlags::IN)),
        );
        match poll(&mut polled, left.as_ref()) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
            Ok(0) => return Ok(None),
            Ok(_) => {}
        }
        let has_ended = !polled[0].revents().is_empty();
        if let Some(open) = &mut stderr
            && !drain(open, &mut printed)?
        {
            stderr = None;
        }
        if has_ended {
            // A descendant may hold its standard error open; it is not waited for.
            return Ok(Some((child.wait()?, printed)));
        }
    }
}

/// Reads what is there; false at the end of it.
fn drain(stderr: &mut ChildStderr, printed: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; TAIL_SIZE];
    loop {
        match stderr.read(&mut buffer) {
            Ok(0) => return Ok(false),
            Ok(size) => {
                printed.extend_from_slice(&buffer[..size]);
                let surplus = printed.len().saturating_sub(TAIL_SIZE);
                printed.drain(..surplus);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The last line that says what is wrong.
fn last_words(printed: &[u8]) -> Option<String> {
    let printed = String::from_utf8_lossy(printed);
    let mut lines = printed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("hint: "));
    lines.next_back().map(str::to_owned)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a program runs is measured at the edge"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::SystemTime;

    use tempfile::TempDir;

    use super::*;

    /// What a script in the place of a framework executable leads to.
    fn stored(script: &str, limit: Duration) -> (Result<(), StoreError>, Option<String>) {
        let folder = TempDir::new().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        let path = folder.path().join("program");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        let role = RoleName::parse("x").unwrap();
        let options = ["--port=5052".to_owned()];
        // Another test's child may have the script open for writing for a moment.
        let result = loop {
            match store_settings(&home, &role, &path, &options, limit) {
                Err(StoreError::Run { source, .. })
                    if source.kind() == io::ErrorKind::ExecutableFileBusy => {}
                result => break result,
            }
        };
        (result, fs::read_to_string(home.settings(&role)).ok())
    }

    #[test]
    fn the_executable_is_told_the_role_and_the_settings() {
        let script = "echo \"$# $1 $2\" > \"$ANSAR_HOME/settings/$ANSAR_ROLE.json\"; echo 'Ack()'";
        let (result, settings) = stored(script, TIME_LIMIT);
        result.unwrap();
        assert_eq!(settings.unwrap(), "2 --port=5052 --store-settings\n");
    }

    #[test]
    fn a_refusal_is_in_the_executables_own_words() {
        let script = "echo working >&2; echo 'x: no port' >&2; echo 'hint: y' >&2; exit 2";
        let refused = stored(script, TIME_LIMIT).0.unwrap_err();
        assert_eq!(refused.to_string(), "x: no port");
        let silent = stored("exit 3", TIME_LIMIT).0.unwrap_err().to_string();
        assert!(
            silent.ends_with("program\" ended with exit status: 3"),
            "{silent}"
        );
    }

    #[test]
    fn an_executable_that_does_not_end_is_killed() {
        let error = stored("exec sleep 60", Duration::from_millis(50))
            .0
            .unwrap_err();
        assert!(matches!(error, StoreError::TooSlow { .. }), "{error}");
    }

    #[test]
    fn much_that_is_printed_blocks_nothing_and_nobody_left_behind_is_waited_for() {
        // What is left behind ends with the home.
        let script = "while [ -d \"$ANSAR_HOME\" ]; do sleep 0.1; done & seq 100000 >&2; exit 1";
        let (result, _) = stored(script, TIME_LIMIT);
        assert_eq!(result.unwrap_err().to_string(), "100000");
    }

    #[test]
    fn what_is_not_executable_is_said_to_be_so() {
        let folder = TempDir::new().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        let role = RoleName::parse("x").unwrap();
        let missing = folder.path().join("missing");
        let error = store_settings(&home, &role, &missing, &[], TIME_LIMIT).unwrap_err();
        assert!(error.to_string().starts_with("cannot run "), "{error}");
    }
}
