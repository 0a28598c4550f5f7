//! Leaving the terminal: the only file that names the crate for it.

use daemonize::Daemonize;

/// Files of a home are its owner's only.
const UMASK: u32 = 0o077;

/// Goes on in a process that nobody waits for and no terminal reaches: forked twice, in a
/// session of its own, at home in `/`, its standard streams on `/dev/null`. To be called
/// before any thread exists, as only the calling one goes on. Does not return in the process
/// that called it.
pub(crate) fn detach() -> Result<(), daemonize::Error> {
    Daemonize::new().umask(UMASK).start()
}
