//! The beginning of a home.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::document;
use crate::error::{Error, file};
use crate::folder;

use super::{DOCUMENT, FOLDERS, HomeDocument, VERSION};

/// Bytes of randomness in the identity of a home.
const ID_SIZE: usize = 16;

/// Makes the folders first and the document last, which makes a home of them: whatever
/// interrupts this leaves no home, but something that the next `create` completes.
pub(super) fn create(path: &Path, now: SystemTime) -> Result<(), Error> {
    let is_new = folder::make(path).map_err(|error| match fs::symlink_metadata(path) {
        Ok(_) => Error::NotEmpty {
            path: path.to_path_buf(),
        },
        Err(_) => error,
    })?;
    if !is_new {
        check_half_made(path)?;
    }
    let filled = fill(path, now);
    if is_new && filled.as_ref().is_err_and(|error| !is_home(error)) {
        // The failure is what the user needs to hear of, not that of tidying up after it.
        let _ = folder::remove(path);
    }
    filled
}

/// Another `create` was faster: what is there is its home.
fn is_home(error: &Error) -> bool {
    matches!(error, Error::HomeExists { .. })
}

fn fill(path: &Path, now: SystemTime) -> Result<(), Error> {
    folder::make_private(path)?;
    for name in FOLDERS {
        folder::make(&path.join(name))?;
    }
    folder::sync(path)?;
    let home = HomeDocument {
        version: VERSION,
        created: humantime::format_rfc3339_millis(now).to_string(),
        id: random_id().map_err(file("make an identity for", path))?,
    };
    if document::create(&path.join(DOCUMENT), &home)? {
        Ok(())
    } else {
        Err(Error::HomeExists {
            path: path.to_path_buf(),
        })
    }
}

/// Passes a folder in which there is nothing but what an interrupted `create` can have left:
/// empty folders of ours, and the beginning of the document.
fn check_half_made(path: &Path) -> Result<(), Error> {
    if path.join(DOCUMENT).exists() {
        return Err(Error::HomeExists {
            path: path.to_path_buf(),
        });
    }
    for entry in fs::read_dir(path).map_err(file("list", path))? {
        let entry = entry.map_err(file("list", path))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_temporary = name.starts_with(&format!(".{DOCUMENT}."));
        let is_ours = FOLDERS.contains(&&*name) && is_empty_folder(&entry.path());
        if !is_ours && !is_temporary {
            return Err(Error::NotEmpty {
                path: path.to_path_buf(),
            });
        }
    }
    Ok(())
}

fn is_empty_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
        && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

fn random_id() -> io::Result<String> {
    let mut bytes = [0_u8; ID_SIZE];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
