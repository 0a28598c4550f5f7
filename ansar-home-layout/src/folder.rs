//! Folders: made private, and made durable.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use crate::error::{Error, file};

/// Only the owner looks into a home.
const MODE: u32 = 0o700;

/// Makes a folder, mode 0700 whatever the umask. Returns false when there was one already,
/// whose mode is then left as it is.
pub(crate) fn make(path: &Path) -> Result<bool, Error> {
    match DirBuilder::new().mode(MODE).create(path) {
        Ok(()) => {
            make_private(path)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(file("create folder", path)(error)),
    }
}

/// Gives a folder the mode 0700.
pub(crate) fn make_private(path: &Path) -> Result<(), Error> {
    fs::set_permissions(path, Permissions::from_mode(MODE)).map_err(file("set the mode of", path))
}

/// Makes the entries of a folder survive a loss of power.
pub(crate) fn sync(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(file("sync folder", path))
}

/// Removes a folder and all that is in it; nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(file("remove folder", path)(error))
        }
        _ => Ok(()),
    }
}

/// Removes a file; nothing there is fine.
pub(crate) fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file("remove", path)(error)),
        _ => Ok(()),
    }
}
