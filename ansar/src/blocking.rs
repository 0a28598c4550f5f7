//! A place for work that blocks or computes, away from the thread of the objects.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use crate::fault::Faulted;
use crate::record;

/// How many pieces of such work may wait or run on behalf of one thread of objects.
const PIECES: usize = 1024;

/// How many threads do it: enough to wait for disks and databases, few enough to leave
/// the processors to the servers.
pub(crate) const THREADS: usize = 16;

thread_local! {
    static COUNT: Arc<AtomicUsize> = Arc::default();
}

/// Counted while it exists, which is as long as the work waits or runs, whoever waits for it.
struct Piece(Arc<AtomicUsize>);

impl Piece {
    fn take() -> Option<Self> {
        let count = COUNT.with(Arc::clone);
        // Only this thread adds to it.
        (count.load(Ordering::Relaxed) < PIECES).then(|| {
            count.fetch_add(1, Ordering::Relaxed);
            Self(count)
        })
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Does work that blocks or computes on a thread of its own, and gives what it makes.
///
/// It is for files, libraries that wait, and long computations; a handler returns it in a
/// [`Later`](crate::Later), or has the outcome sent to itself by
/// [`Context::spawn`](crate::Context::spawn). Work that has begun cannot be cut short; work
/// that has not is given up when nobody waits for it any more. A program that ends leaves behind
/// what is not done within its drain time limit, so what must not be left half done, such as a file,
/// is written beside its place and then moved there.
///
/// # Errors
///
/// With status 503 when too much of it waits already, and 500 when the work panicked.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Read { path: String }
/// # #[message] struct Text { text: String }
/// # struct Reader;
/// #[handlers]
/// impl Reader {
///     fn read(&mut self, Read { path }: Read) -> Later<Result<Text, Faulted>> {
///         Later::new(async move {
///             let read = ansar::blocking(move || std::fs::read_to_string(path)).await?;
///             let text = read.map_err(|error| Faulted::failed("cannot read", error.to_string()))?;
///             Ok(Text { text })
///         })
///     }
/// }
/// ```
pub async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Faulted> {
    let Some(piece) = Piece::take() else {
        let reason = format!("{PIECES} pieces wait already: try again later");
        return Err(Faulted::overloaded("cannot begin the work", reason));
    };
    let identity = record::current();
    // A set of one, since it gives up its work when it is dropped.
    let mut works = JoinSet::new();
    works.spawn_blocking(move || {
        let _piece = piece;
        let _current = record::enter(identity);
        work()
    });
    match works.join_next().await {
        Some(Ok(made)) => Ok(made),
        Some(Err(_)) | None => Err(Faulted::failed("cannot finish the work", "it panicked")),
    }
}
