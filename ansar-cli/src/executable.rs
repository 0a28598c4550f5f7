//! Finding an executable: in the home's `bin`, else on PATH.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ansar_home_layout::Home;

/// Any of the three bits that make a file executable.
const MODE_EXECUTABLE: u32 = 0o111;

/// Where an executable is; the home comes first. `path` is the value of PATH.
pub(crate) fn find(home: &Home, name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let on_path = path.into_iter().flat_map(std::env::split_paths);
    // An empty entry of PATH would be the working folder, which a daemon does not have.
    let on_path = on_path.filter(|folder| folder.is_absolute());
    [home.bin()]
        .into_iter()
        .chain(on_path)
        .map(|folder| folder.join(name))
        .find(|candidate| is_executable_file(candidate))
}

/// Whether a file can be executed, by its mode.
pub(crate) fn is_executable(found: &Metadata) -> bool {
    found.is_file() && found.permissions().mode() & MODE_EXECUTABLE != 0
}

fn is_executable_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| is_executable(&found))
}
