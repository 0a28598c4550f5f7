//! What of a home is running.

use std::fs;
use std::path::Path;

use crate::error::{Error, file};
use crate::lock::Lock;
use crate::name::RoleName;

/// The names in a folder of locks that somebody holds, sorted. Nothing is taken, and nothing
/// but plain files is opened: to open the pipe of a role would be to wait.
pub(super) fn running(locks: &Path) -> Result<Vec<RoleName>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(locks).map_err(file("list", locks))? {
        let entry = entry.map_err(file("list", locks))?;
        if !entry.file_type().is_ok_and(|found| found.is_file()) {
            continue;
        }
        // `home` is no role's name; documents have names, but nobody locks them.
        let name = entry.file_name();
        let Some(Ok(role)) = name.to_str().map(RoleName::parse) else {
            continue;
        };
        if Lock::is_held(&entry.path())? {
            names.push(role);
        }
    }
    names.sort_unstable();
    Ok(names)
}
