//! Locks that live exactly as long as somebody has them open.
//!
//! They are open-file-description locks: a child that inherits the descriptor keeps the lock
//! when its parent closes its own, the end of the last holder ends it, however that came,
//! and `F_OFD_GETLK` finds out whether it is held without taking anything.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::io::{FdFlags, fcntl_setfd};

use crate::error::{Error, file};

/// Only the owner locks.
const MODE: u32 = 0o600;

/// How often a lock file may be replaced under the hands of somebody who wants to lock it,
/// before that is an error: it happens when a home is destroyed and made again, once.
const REPLACED_MAX: usize = 8;

/// A lock that this process holds, until it is dropped and every child that inherited it
/// has ended.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock at `path`, making its file when there is none; `None` when somebody
    /// else holds it. Children do not inherit it.
    pub fn hold(path: &Path) -> Result<Option<Self>, Error> {
        for _ in 0..REPLACED_MAX {
            let lock = Self::open(path)?;
            match fcntl(&lock.file, FcntlArg::F_OFD_SETLK(&exclusive())) {
                Err(Errno::EAGAIN | Errno::EACCES) => return Ok(None),
                locked => locked.map_err(|errno| file("lock", path)(errno.into()))?,
            };
            if lock.is_at(path)? {
                return Ok(Some(lock));
            }
        }
        Err(file("lock", path)(io::Error::other(
            "it is replaced again and again",
        )))
    }

    /// As [`Lock::hold`], but inherited by every process that is spawned from now on: the
    /// caller spawns one, and drops its own.
    pub fn inheritable(path: &Path) -> Result<Option<Self>, Error> {
        let Some(lock) = Self::hold(path)? else {
            return Ok(None);
        };
        fcntl_setfd(&lock.file, FdFlags::empty())
            .map_err(|errno| file("make inheritable", path)(errno.into()))?;
        Ok(Some(lock))
    }

    /// Takes the lock, waiting for as long as somebody else holds it.
    pub(crate) fn wait(path: &Path) -> Result<Self, Error> {
        for _ in 0..REPLACED_MAX {
            let lock = Self::open(path)?;
            loop {
                match fcntl(&lock.file, FcntlArg::F_OFD_SETLKW(&exclusive())) {
                    Err(Errno::EINTR) => {}
                    Err(errno) => return Err(file("lock", path)(errno.into())),
                    Ok(_) => break,
                }
            }
            if lock.is_at(path)? {
                return Ok(lock);
            }
        }
        Err(file("lock", path)(io::Error::other(
            "it is replaced again and again",
        )))
    }

    /// Tells whether anybody holds the lock at `path`, this process included, without taking
    /// or making anything. No file: nobody does.
    pub fn is_held(path: &Path) -> Result<bool, Error> {
        let looked_at = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened.map_err(file("open", path))?,
        };
        let mut question = exclusive();
        fcntl(&looked_at, FcntlArg::F_OFD_GETLK(&mut question))
            .map_err(|errno| file("look at the lock", path)(errno.into()))?;
        Ok(i32::from(question.l_type) != libc::F_UNLCK)
    }

    fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(MODE)
            .custom_flags(libc::O_NOFOLLOW)
            .open(path)
            .map_err(file("open lock", path))?;
        Ok(Self { file })
    }

    /// A file that was removed while it was being locked keeps nobody else out.
    fn is_at(&self, path: &Path) -> Result<bool, Error> {
        let held = self.file.metadata().map_err(file("look at", path))?;
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            found => {
                let found = found.map_err(file("look at", path))?;
                Ok((held.dev(), held.ino()) == (found.dev(), found.ino()))
            }
        }
    }
}

impl AsFd for Lock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The whole file, exclusively. The constants are small; the conversions cannot lose bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "F_WRLCK and SEEK_SET are below 3"
)]
fn exclusive() -> libc::flock {
    libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn one_holds_and_the_other_is_told() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        assert!(!Lock::is_held(&path).unwrap());
        assert!(!path.exists(), "looking makes nothing");
        let held = Lock::hold(&path).unwrap().unwrap();
        assert!(Lock::hold(&path).unwrap().is_none());
        assert!(Lock::is_held(&path).unwrap());
        drop(held);
        assert!(!Lock::is_held(&path).unwrap());
        assert!(Lock::hold(&path).unwrap().is_some());
    }

    #[test]
    fn looking_takes_nothing_from_whoever_locks_meanwhile() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        drop(Lock::hold(&path).unwrap());
        let stopped = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stopped.load(Ordering::Relaxed) {
                    Lock::is_held(&path).unwrap();
                }
            });
            for _ in 0..2000 {
                assert!(Lock::hold(&path).unwrap().is_some());
            }
            stopped.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_lock_file_that_was_removed_is_not_mistaken_for_the_new_one() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        let lock = Lock::hold(&path).unwrap().unwrap();
        assert!(lock.is_at(&path).unwrap());
        fs::remove_file(&path).unwrap();
        assert!(!lock.is_at(&path).unwrap());
        let other = Lock::hold(&path).unwrap().unwrap();
        assert!(!lock.is_at(&path).unwrap());
        drop(other);
    }
}
