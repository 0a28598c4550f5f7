//! What handlers reply, on its way to whoever asked, and what is still in progress.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::Mailbox;
use crate::fault::Faulted;
use crate::object::Object;
use crate::progress::InProgress;
use crate::record::{self, Identity};
use crate::reply::{Outcome, Unasked};

impl<O: Object> Mailbox<O> {
    /// A reply that nobody waits for: what is wrong is recorded.
    pub(super) fn see_to(self: &Rc<Self>, name: &'static str, reply: Unasked) {
        match reply {
            Unasked::Fault(fault) => self.record_unasked(name, &fault),
            Unasked::Later(reply) => {
                let reply = self.in_progress(name, reply);
                let mailbox = Rc::clone(self);
                self.run(async move {
                    if let Err(fault) | Ok(Some(fault)) = reply.await {
                        mailbox.record_unasked(name, &fault);
                    }
                });
            }
        }
    }

    /// A reply to a message that the object cannot do without, which nobody waits for either:
    /// a fault ends the object, however late it is.
    pub(super) fn await_essential(
        self: &Rc<Self>,
        name: &'static str,
        reply: LocalBoxFuture<'static, Option<Faulted>>,
    ) {
        let reply = self.in_progress(name, reply);
        let mailbox = Rc::clone(self);
        self.is_starting.set(true);
        self.run(async move {
            let reply = reply.await;
            mailbox.is_starting.set(false);
            mailbox.woken.notify_one();
            match reply {
                Ok(None) => {}
                Err(fault) | Ok(Some(fault)) if mailbox.is_closed() => {
                    mailbox.record_unasked(name, &fault);
                }
                Err(fault) | Ok(Some(fault)) => mailbox.fail(fault),
            }
        });
    }

    pub(super) fn answer<M: 'static>(
        self: &Rc<Self>,
        sender: Identity,
        name: &'static str,
        outcome: Result<Outcome<M>, Faulted>,
        mut answer: oneshot::Sender<Result<M, Faulted>>,
    ) {
        let reply = match outcome {
            Err(fault) => Err(fault),
            Ok(Outcome::Now(reply)) => reply,
            Ok(Outcome::Later(reply)) => {
                let reply = self.in_progress(name, reply);
                let mailbox = Rc::clone(self);
                self.run(async move {
                    tokio::select! {
                        reply = reply => mailbox.give(sender, reply.flatten(), answer),
                        // As when a client goes: the answer is not worked on any more.
                        () = answer.closed() => {}
                    }
                });
                return;
            }
        };
        self.give(sender, reply, answer);
    }

    fn give<M>(
        &self,
        sender: Identity,
        reply: Result<M, Faulted>,
        answer: oneshot::Sender<Result<M, Faulted>>,
    ) {
        match &reply {
            Ok(_) => self.record_reply(&sender, record::short_name::<M>(), None),
            Err(fault) => self.record_reply(&sender, "Faulted", Some(fault)),
        }
        // Whoever asked may no longer wait.
        let _ = answer.send(reply);
    }

    /// Runs something of the object's that ends with it, or before.
    pub(crate) fn run(&self, task: impl Future<Output = ()> + 'static) -> AbortHandle {
        let mut tasks = self.tasks.borrow_mut();
        while tasks.try_join_next().is_some() {}
        tasks.spawn_local(task)
    }

    /// Follows work of the object's that is not done when the handler returns: it is
    /// counted, named in the record, and its panics are faults.
    pub(crate) fn in_progress<F: Future>(&self, name: &'static str, work: F) -> InProgress<F> {
        InProgress::new(self.identity(), name, &self.progress, work)
    }
}
