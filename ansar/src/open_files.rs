//! How many files this process may have open, of which each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes all that the process is allowed to have. What it begins with is usually 1024, for the
/// sake of old programs that cannot name more, and little for a server.
pub(crate) fn raise_limit() {
    let allowed = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: allowed,
        maximum: allowed,
    };
    // Nobody is refused what is allowed; if so, there are fewer connections, and the record says so
    // when they run out.
    let _ = setrlimit(Resource::Nofile, raised);
}
