//! What a daemon must not inherit.

use std::io;

use nix::libc;

/// The first descriptor that is none of the standard streams.
const FIRST: libc::c_uint = 3;

/// Keeps every open file of the caller, standard streams apart, from the processes that are
/// spawned from now on: a daemon would hold its pipes and locks for as long as it lives.
#[expect(unsafe_code, reason = "no crate here offers close_range")]
pub(crate) fn end() -> io::Result<()> {
    // SAFETY: nothing is closed and no memory is passed; with this flag the call only sets
    // close-on-exec, which the standard library sets on all of its descriptors anyway.
    let result = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            FIRST,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
