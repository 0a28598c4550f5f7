//! The end of a home.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, file};
use crate::folder;
use crate::lock::Lock;

/// Moves the home aside, so that it is gone at once and for everybody, and then removes it
/// there. Whoever started something in between is found by the locks, which moved along:
/// then the home is put back.
pub(super) fn destroy(path: &Path) -> Result<(), Error> {
    let aside = aside(path);
    fs::rename(path, &aside).map_err(file("remove home", path))?;
    match running(&aside.join("lock")) {
        Ok(None) => folder::remove(&aside),
        found => {
            fs::rename(&aside, path).map_err(file("put back home", path))?;
            Err(match found {
                Ok(name) => Error::Running {
                    path: path.to_path_buf(),
                    name: name.unwrap_or_default(),
                },
                Err(error) => error,
            })
        }
    }
}

fn aside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".destroyed-{}", std::process::id()));
    path.with_file_name(name)
}

/// The first of the locks that is held; that of the home is the caller's own.
fn running(locks: &Path) -> Result<Option<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(locks).map_err(file("list", locks))? {
        let entry = entry.map_err(file("list", locks))?;
        let is_file = entry.file_type().is_ok_and(|found| found.is_file());
        if is_file && entry.file_name() != "home" {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    for name in names {
        if Lock::is_held(&locks.join(&name))? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
