//! Where an object receives its messages, one at a time.
//!
//! Everything of one object runs on one thread, and handlers never wait. So a
//! message is handled where it arrives, and a request is answered without
//! crossing to another thread; the queue is the thread's own queue of tasks.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::Notify;

use crate::context::{Command, Context};
use crate::fault::Faulted;
use crate::object::Object;
use crate::record::{self, Identity, Tag};

/// An object, its context, and the way in.
pub(crate) struct Mailbox<O: Object> {
    identity: Identity,
    resident: RefCell<Resident<O>>,
    has_commands: Notify,
}

struct Resident<O: Object> {
    object: O,
    context: Context<O>,
}

impl<O: Object> std::fmt::Debug for Mailbox<O> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Mailbox")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl<O: Object> Mailbox<O> {
    /// Creates the object, unless its constructor panics.
    pub(crate) fn create(
        creator: Identity,
        settings: O::Settings,
        context: Context<O>,
    ) -> Result<Self, Faulted> {
        let identity = Identity::create(record::short_name::<O>(), creator);
        let object = guarded(identity, "create", || O::create(settings))?;
        Ok(Self {
            identity,
            resident: RefCell::new(Resident { object, context }),
            has_commands: Notify::new(),
        })
    }

    /// Has the object handle a message. A handler that panics is a fault of this
    /// message only: the object goes on to the next one.
    pub(crate) fn deliver<R>(
        &self,
        sender: Identity,
        name: &str,
        handle: impl FnOnce(&mut O, &mut Context<O>) -> R,
    ) -> Result<R, Faulted> {
        record::write(
            Tag::Received,
            self.identity,
            format_args!("Received {name} from {sender}"),
        );
        let mut resident = self.resident.borrow_mut();
        let Resident { object, context } = &mut *resident;
        let handled = guarded(self.identity, name, || handle(object, context));
        if context.has_commands() {
            self.has_commands.notify_one();
        }
        handled
    }

    /// Records a message that the object has no handler for.
    pub(crate) fn drop_message(
        &self,
        sender: Identity,
        name: &str,
        detail: std::fmt::Arguments<'_>,
    ) {
        record::write(
            Tag::Received,
            self.identity,
            format_args!("Dropped {name} from {sender}{detail}"),
        );
    }

    /// What the object has asked for since the last time.
    pub(crate) fn take_commands(&self) -> Vec<Command> {
        self.resident.borrow_mut().context.take_commands()
    }

    /// Whether the object has asked for something that has not been done.
    pub(crate) fn has_commands(&self) -> bool {
        self.resident.borrow().context.has_commands()
    }

    /// Waits until the object asks for something.
    pub(crate) async fn has_asked(&self) {
        self.has_commands.notified().await;
    }

    /// Ends the object, which cannot go on.
    pub(crate) fn fail(&self, fault: Faulted) {
        self.resident.borrow_mut().context.complete(fault);
        self.has_commands.notify_one();
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }
}

/// Runs the author's code, named in the record as the object's own.
fn guarded<R>(identity: Identity, doing: &str, code: impl FnOnce() -> R) -> Result<R, Faulted> {
    let _current = record::enter(identity);
    // The object may be left half changed by a panic, as it may by any other fault
    // of its author's; a server that goes on is worth more than one that is sure.
    catch_unwind(AssertUnwindSafe(code)).map_err(|_| {
        // The panic itself is in the record: a client is not told how the server is made.
        Faulted::failed(format!("cannot handle {doing}"), "the handler panicked")
    })
}
