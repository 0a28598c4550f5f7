//! Who holds a lock: found by looking through `/proc`, for when no document tells.
//!
//! `F_OFD_GETLK` says that a lock of this kind is held, not by whom. `/proc/<pid>/fdinfo` does:
//! it lists the locks of each open file, also of one that was inherited.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::{Error, file};

/// How `/proc/<pid>/fdinfo/<n>` calls a lock of an open file.
const LOCK_KIND: &str = "OFDLCK";

/// The pids of all processes, as of now.
pub(crate) fn processes() -> Result<Vec<i32>, Error> {
    let folder = Path::new("/proc");
    let entries = fs::read_dir(folder).map_err(file("list", folder))?;
    let pid = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    Ok(entries.filter_map(pid).collect())
}

/// A lock file that is looked at, not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockFile {
    device: u64,
    inode: u64,
}

impl LockFile {
    /// `None` when there is no such file.
    pub(crate) fn at(path: &Path) -> Result<Option<Self>, Error> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            found => Ok(Some(Self::of(&found.map_err(file("look at", path))?))),
        }
    }

    fn of(found: &fs::Metadata) -> Self {
        Self {
            device: found.dev(),
            inode: found.ino(),
        }
    }

    /// Whether a process holds the lock on it. Processes that may not be looked at do not: they
    /// belong to somebody else.
    pub(crate) fn is_held_by(self, pid: i32) -> bool {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else {
            return false;
        };
        descriptors.flatten().any(|descriptor| {
            let is_same =
                fs::metadata(descriptor.path()).is_ok_and(|found| Self::of(&found) == self);
            is_same && has_lock(pid, &descriptor.file_name().to_string_lossy())
        })
    }
}

/// Having the file open is not enough: whoever looks at the lock has, too.
fn has_lock(pid: i32, descriptor: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/fdinfo/{descriptor}"))
        .is_ok_and(|information| information.contains(LOCK_KIND))
}

#[cfg(test)]
mod tests {
    use ansar_home_layout::Lock;

    use super::*;

    #[test]
    fn a_process_that_holds_a_lock_is_told_from_one_that_has_the_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert_eq!(LockFile::at(&path).unwrap(), None);
        let own = i32::try_from(std::process::id()).unwrap();
        let lock = Lock::hold(&path).unwrap().unwrap();
        let file = LockFile::at(&path).unwrap().unwrap();
        assert!(file.is_held_by(own));
        assert!(processes().unwrap().contains(&own));
        drop(lock);
        let _opened = fs::File::open(&path).unwrap();
        assert!(!file.is_held_by(own));
    }
}
