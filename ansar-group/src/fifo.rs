//! The pipes by which a role's output reaches the supervisor.
//!
//! They have a name in the home, and both sides hold them open for reading and writing: when
//! the supervisor dies, the role still has a reader, itself, so that it is not ended by
//! SIGPIPE, and what it prints waits in the pipe for the next supervisor, or for `stop`.
//! A role that prints more than a pipe holds (64 KiB) waits there, too.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use nix::libc;
use rustix::fs::{CWD, Mode, mkfifoat};
use rustix::io::Errno;

use crate::error::{Error, file};

/// Makes the pipe, unless it is there.
pub(crate) fn make(path: &Path) -> Result<(), Error> {
    match mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(errno) => Err(file("make pipe", path)(errno)),
    }
}

/// Opens the pipe for the supervisor, which must never wait for a role.
pub(crate) fn open_reader(path: &Path) -> Result<File, Error> {
    open(path, libc::O_NONBLOCK)
}

/// Opens the pipe for the role, as output that waits when the pipe is full. Opened anew, as
/// whether to wait is a property of the open pipe that all who share it share.
pub(crate) fn open_writer(path: &Path) -> Result<File, Error> {
    open(path, 0)
}

/// Opens for reading and writing, which never waits for the other side.
fn open(path: &Path, flags: i32) -> Result<File, Error> {
    let pipe = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags | libc::O_NOFOLLOW)
        .open(path)
        .map_err(file("open pipe", path))?;
    let kind = pipe.metadata().map_err(file("look at", path))?.file_type();
    if kind.is_fifo() {
        Ok(pipe)
    } else {
        Err(file("open pipe", path)(io::Error::other(
            "it is not a pipe",
        )))
    }
}
