//! A home: its paths, its roles, its beginning and its end.

mod creation;
mod destruction;
mod running;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::document;
use crate::error::{Error, file};
use crate::folder;
use crate::lock::Lock;
use crate::name::RoleName;
use crate::role::Role;
use crate::run::{PastRun, Run};

/// The document that makes a folder a home.
const DOCUMENT: &str = "home.json";

/// Version of the layout that this crate writes, and the latest that it reads.
const VERSION: u32 = 1;

/// The folders of a home.
const FOLDERS: [&str; 8] = [
    "bin", "entry", "settings", "logs", "lock", "model", "tmp", "resource",
];

/// How long one command waits for another that is changing the same home. A change is a few
/// file operations; the longest, a deploy of large executables, takes about this long.
const CHANGE_WAIT_MAX: Duration = Duration::from_secs(5);

/// The document [`DOCUMENT`]; later versions may add members.
#[derive(Debug, Serialize, Deserialize)]
struct HomeDocument {
    version: u32,
    /// UTC, RFC 3339.
    created: String,
    /// Tells homes apart that were at the same path one after the other.
    id: String,
}

/// What every version of the document has.
#[derive(Debug, Deserialize)]
struct VersionOnly {
    version: u32,
}

/// Which output of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A home that exists. The path is absolute, so it means the same in every process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    path: PathBuf,
}

/// The right to change a home, until it is dropped.
#[derive(Debug)]
pub struct HomeChange {
    _lock: Lock,
}

impl Home {
    /// Makes a home. An empty folder is filled, and what a `create` left that was killed is
    /// completed; anything else at the path is an error, and stays as it is.
    pub fn create(path: &Path, now: SystemTime) -> Result<Self, Error> {
        creation::create(path, now)?;
        Self::open(path)
    }

    /// Opens the home at `path`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let path = match path.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NoHome {
                    path: path.to_path_buf(),
                });
            }
            found => found.map_err(file("open home", path))?,
        };
        if !path.is_dir() {
            return Err(Error::NotHome { path });
        }
        let document = path.join(DOCUMENT);
        match document::read::<VersionOnly>(&document)? {
            None => Err(Error::NotHome { path }),
            Some(VersionOnly { version }) if version > VERSION => Err(Error::NewerHome {
                path,
                found: version,
                known: VERSION,
            }),
            Some(_) => Ok(Self { path }),
        }
    }

    /// Removes the home and all that is in it. It is gone from its path at once; nothing of
    /// it may be running.
    pub fn destroy(self) -> Result<(), Error> {
        destruction::destroy(&self.path)
    }

    /// Takes the right to change the home. When another command has it, waits a few seconds
    /// at most; then that is an error.
    pub fn change(&self) -> Result<HomeChange, Error> {
        let path = self.lock_folder().join("home");
        if let Some(lock) = Lock::hold(&path)? {
            return Ok(HomeChange { _lock: lock });
        }
        // Told by the kernel, not polled; the thread is left behind when that takes too
        // long, and its lock goes with the channel.
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(Lock::wait(&path)));
        match receiver.recv_timeout(CHANGE_WAIT_MAX) {
            Ok(lock) => Ok(HomeChange { _lock: lock? }),
            Err(_) => Err(Error::Busy {
                path: self.path.clone(),
            }),
        }
    }

    /// Its folder, an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Folder of the deployed executables.
    pub fn bin(&self) -> PathBuf {
        self.path.join("bin")
    }

    /// A deployed executable.
    pub fn executable(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// The settings of a role.
    pub fn settings(&self, role: &RoleName) -> PathBuf {
        self.path.join("settings").join(format!("{role}.json"))
    }

    /// Folder of the records of a role.
    pub fn logs(&self, role: &RoleName) -> PathBuf {
        self.path.join("logs").join(role.as_str())
    }

    /// Folder of what a role keeps from run to run.
    pub fn model(&self, role: &RoleName) -> PathBuf {
        self.path.join("model").join(role.as_str())
    }

    /// Folder of what a role needs for one run.
    pub fn tmp(&self, role: &RoleName) -> PathBuf {
        self.path.join("tmp").join(role.as_str())
    }

    /// Folder of what all roles of an executable read.
    pub fn resource(&self, executable: &str) -> PathBuf {
        self.path.join("resource").join(executable)
    }

    /// The file that is locked while a role runs.
    pub fn lock_file(&self, role: &RoleName) -> PathBuf {
        self.lock_folder().join(role.as_str())
    }

    /// The document of the current or last [`Run`] of a role.
    pub fn run_file(&self, role: &RoleName) -> PathBuf {
        self.lock_folder().join(format!("{role}.json"))
    }

    /// The pipe by which a role's output reaches its supervisor.
    pub fn fifo(&self, role: &RoleName, output: Output) -> PathBuf {
        let suffix = match output {
            Output::Out => "out",
            Output::Err => "err",
        };
        self.lock_folder().join(format!("{role}.{suffix}"))
    }

    /// The document of the past runs of a role, a list of [`PastRun`].
    pub fn history_file(&self, role: &RoleName) -> PathBuf {
        self.entry(role).join("history.json")
    }

    /// The current or last run of a role.
    pub fn run(&self, role: &RoleName) -> Result<Option<Run>, Error> {
        document::read(&self.run_file(role))
    }

    /// The past runs of a role, oldest first.
    pub fn history(&self, role: &RoleName) -> Result<Vec<PastRun>, Error> {
        Ok(document::read(&self.history_file(role))?.unwrap_or_default())
    }

    /// The names of all roles, sorted; supervisors are none.
    pub fn roles(&self) -> Result<Vec<RoleName>, Error> {
        let folder = self.path.join("entry");
        let mut roles = Vec::new();
        for entry in fs::read_dir(&folder).map_err(file("list", &folder))? {
            let entry = entry.map_err(file("list", &folder))?;
            // What is not a name is not ours.
            let name = entry.file_name();
            let Some(Ok(role)) = name.to_str().map(RoleName::parse) else {
                continue;
            };
            if self.role_file(&role).is_file() {
                roles.push(role);
            }
        }
        roles.sort_unstable();
        Ok(roles)
    }

    /// The names of all that runs, sorted, read from the locks alone: roles, and the
    /// supervisors of groups (`group.<name>`).
    pub fn running(&self) -> Result<Vec<RoleName>, Error> {
        running::running(&self.lock_folder())
    }

    /// What a role is made of; `None` when there is none of that name.
    pub fn role(&self, role: &RoleName) -> Result<Option<Role>, Error> {
        document::read(&self.role_file(role))
    }

    /// Makes the folders of a role, which does not exist by that. The caller holds the
    /// [`HomeChange`].
    pub fn prepare_role(&self, role: &RoleName) -> Result<(), Error> {
        for path in [
            self.entry(role),
            self.logs(role),
            self.model(role),
            self.tmp(role),
        ] {
            folder::make(&path)?;
        }
        Ok(())
    }

    /// Adds a role: its folders, as far as they are not there, and last the document by
    /// which it exists. The caller holds the [`HomeChange`].
    pub fn add_role(&self, role: &RoleName, description: &Role) -> Result<(), Error> {
        self.prepare_role(role)?;
        if document::create(&self.role_file(role), description)? {
            Ok(())
        } else {
            Err(Error::RoleExists { role: role.clone() })
        }
    }

    /// Removes a role and all that it has in the home, or what there is of one that was
    /// never completed. It must not be running; the caller holds the [`HomeChange`].
    pub fn remove_role(&self, role: &RoleName) -> Result<(), Error> {
        for path in [
            self.role_file(role),
            self.settings(role),
            self.fifo(role, Output::Out),
            self.fifo(role, Output::Err),
            self.run_file(role),
            self.lock_file(role),
        ] {
            folder::remove_file(&path)?;
        }
        for path in [
            self.entry(role),
            self.logs(role),
            self.model(role),
            self.tmp(role),
        ] {
            folder::remove(&path)?;
        }
        Ok(())
    }

    fn entry(&self, role: &RoleName) -> PathBuf {
        self.path.join("entry").join(role.as_str())
    }

    fn role_file(&self, role: &RoleName) -> PathBuf {
        self.entry(role).join("role.json")
    }

    fn lock_folder(&self) -> PathBuf {
        self.path.join("lock")
    }
}
