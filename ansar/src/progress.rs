//! Work of an object that goes on after a handler has returned.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::sync::Notify;

use crate::fault::Faulted;
use crate::guard::guarded;
use crate::record::Identity;

/// How much of it there is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    count: Cell<usize>,
    fell: Notify,
}

impl Progress {
    pub(crate) fn count(&self) -> usize {
        self.count.get()
    }

    /// Waits until there is none.
    pub(crate) async fn none(&self) {
        while self.count.get() > 0 {
            self.fell.notified().await;
        }
    }
}

/// One piece of work: counted while it exists, done in the name of its object, and a fault
/// when it panics.
#[derive(Debug)]
pub(crate) struct InProgress<F> {
    identity: Identity,
    name: &'static str,
    progress: Rc<Progress>,
    // Boxed, so that it can be polled without a projection of pins.
    work: Pin<Box<F>>,
}

impl<F> InProgress<F> {
    pub(crate) fn new(
        identity: Identity,
        name: &'static str,
        progress: &Rc<Progress>,
        work: F,
    ) -> Self {
        progress.count.set(progress.count.get() + 1);
        Self {
            identity,
            name,
            progress: Rc::clone(progress),
            work: Box::pin(work),
        }
    }
}

impl<F: Future> Future for InProgress<F> {
    type Output = Result<F::Output, Faulted>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (identity, name) = (self.identity, self.name);
        match guarded(identity, name, || self.work.as_mut().poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(fault) => Poll::Ready(Err(fault)),
        }
    }
}

impl<F> Drop for InProgress<F> {
    fn drop(&mut self) {
        self.progress.count.set(self.progress.count.get() - 1);
        self.progress.fell.notify_one();
    }
}
