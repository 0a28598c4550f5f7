//! The end of a home.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, file};
use crate::folder;

use super::running;

/// Moves the home aside, so that it is gone at once and for everybody, and then removes it
/// there. Whoever started something in between is found by the locks, which moved along:
/// then the home is put back.
pub(super) fn destroy(path: &Path) -> Result<(), Error> {
    let aside = aside(path);
    fs::rename(path, &aside).map_err(file("remove home", path))?;
    match running::running(&aside.join("lock")).map(|names| names.into_iter().next()) {
        Ok(None) => folder::remove(&aside),
        found => {
            fs::rename(&aside, path).map_err(file("put back home", path))?;
            Err(match found {
                Ok(name) => Error::Running {
                    path: path.to_path_buf(),
                    name: name.map(String::from).unwrap_or_default(),
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
