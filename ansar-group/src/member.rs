//! A role that is about to be started: what can be found out before anything runs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ansar_home_layout::{Home, Lock, Role, RoleName, mark};
use tokio::net::unix::pipe::Receiver;

use crate::capture::Capture;
use crate::clock;
use crate::error::{Error, file};
use crate::event::Readiness;

/// A role of the group, with everything that is needed to run it.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: RoleName,
    pub(crate) role: Role,
    pub(crate) executable: PathBuf,
    pub(crate) readiness: Readiness,
    pub(crate) capture: Rc<Capture<Receiver>>,
    /// When its run of this group was started, in milliseconds since 1970; 0 before.
    pub(crate) start: i64,
}

impl Member {
    /// Finds everything, or tells why the role cannot be started. `path` is where executables
    /// are looked for that were not deployed, as the variable PATH says it. Within a runtime.
    pub(crate) fn prepare(
        home: &Home,
        name: &RoleName,
        path: Option<&OsStr>,
    ) -> Result<Self, String> {
        let in_full = |error: Error| error.in_full();
        let Some(role) = home.role(name).map_err(|error| in_full(error.into()))? else {
            return Err("it does not exist".to_owned());
        };
        let is_running =
            Lock::is_held(&home.lock_file(name)).map_err(|error| in_full(error.into()))?;
        if is_running {
            return Err("it is already running".to_owned());
        }
        let executable = resolve(home, &role.executable, path);
        fs::metadata(&executable)
            .map_err(file("run", &executable))
            .map_err(in_full)?;
        // What cannot be looked into is no less a program, and then says so itself.
        let readiness = match mark::is_framework(&executable) {
            Ok(true) => Readiness::Announced,
            Ok(false) | Err(_) => Readiness::Settled,
        };
        let capture =
            Capture::open(home, name, role.storage, Receiver::from_file).map_err(in_full)?;
        // What is in the pipes was printed in an earlier run, and comes first.
        capture
            .drain_earlier_run(clock::now())
            .map_err(|error| format!("cannot read what it printed before: {error}"))?;
        let capture = Rc::new(capture);
        Ok(Self {
            name: name.clone(),
            role,
            executable,
            readiness,
            capture,
            start: 0,
        })
    }
}

/// The executable of a role: the deployed one, else the first on PATH, else the path at which it
/// should have been deployed, which then shows up in the error.
fn resolve(home: &Home, name: &str, path: Option<&OsStr>) -> PathBuf {
    let deployed = home.executable(name);
    if deployed.is_file() {
        return deployed;
    }
    // A relative folder would mean another one in each working folder.
    let folders = path
        .map(std::env::split_paths)
        .into_iter()
        .flatten()
        .filter(|folder| folder.is_absolute());
    folders
        .map(|folder| folder.join(name))
        .find(|candidate| is_executable(candidate))
        .unwrap_or(deployed)
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_deployed_executable_goes_before_one_on_path_and_both_before_none() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        let path = Some(OsStr::new("sbin:/bin"));
        assert_eq!(resolve(&home, "sh", path), Path::new("/bin/sh"));
        assert_eq!(resolve(&home, "sh", None), home.executable("sh"));
        assert_eq!(resolve(&home, "no such", path), home.executable("no such"));
        fs::write(home.executable("sh"), "").unwrap();
        assert_eq!(resolve(&home, "sh", path), home.executable("sh"));
    }
}
