//! A place for work that blocks or computes, away from the thread of the objects.

use std::cell::Cell;
use std::rc::Rc;

use tokio::task::spawn_blocking;

use crate::fault::Faulted;

/// How many pieces of such work may wait or run on behalf of one thread of objects.
const PIECES: usize = 1024;

/// How many threads do it: enough to wait for disks and databases, few enough to leave
/// the processors to the servers.
pub(crate) const THREADS: usize = 16;

thread_local! {
    static COUNT: Rc<Cell<usize>> = Rc::default();
}

/// Counted while it exists.
struct Piece(Rc<Cell<usize>>);

impl Piece {
    fn take() -> Option<Self> {
        let count = COUNT.with(Rc::clone);
        (count.get() < PIECES).then(|| {
            count.set(count.get() + 1);
            Self(count)
        })
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Does work that blocks or computes on a thread of its own, and gives what it makes.
///
/// It is for files, libraries that wait, and long computations; a handler returns it in a
/// [`Later`](crate::Later), or has the outcome sent to itself by
/// [`Context::spawn`](crate::Context::spawn). Work that has begun cannot be cut short.
///
/// # Errors
///
/// With status 503 when too much of it waits already, and 500 when the work panicked.
pub async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Faulted> {
    let Some(piece) = Piece::take() else {
        let reason = format!("{PIECES} pieces wait already: try again later");
        return Err(Faulted::overloaded("cannot begin the work", reason));
    };
    let done = spawn_blocking(work).await;
    drop(piece);
    done.map_err(|_| Faulted::failed("cannot finish the work", "it panicked"))
}
