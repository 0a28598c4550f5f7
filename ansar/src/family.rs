//! Who has created whom: an object learns how those that it created complete, and
//! completes after them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::context::Completion;
use crate::lifecycle::{Completed, ObjectId, Stop};
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::{self, Identity, Tag};

/// What relatives may do to each other, whatever objects they are.
pub(crate) trait Relative {
    /// Asks it to complete.
    fn stop(&self, sender: Identity);
    /// Asks it for the last time, and ends it, after those that it has created.
    fn cut_short(self: Rc<Self>, sender: Identity);
    /// Ends it, after those that it has created.
    fn destroy(&self);
    /// Tells it that one that it has created has completed.
    fn child_completed(&self, child: Identity, completion: Completion);
}

impl<O: Object> Relative for Mailbox<O> {
    fn stop(&self, sender: Identity) {
        Mailbox::stop(self, sender, Stop);
    }

    fn cut_short(self: Rc<Self>, sender: Identity) {
        if !self.is_closed() {
            Mailbox::stop(&self, sender, Stop);
        }
        // Handlers do not wait, so there is always the time for this.
        self.drain();
        self.children().cut_short(self.identity());
        Mailbox::destroy(&self);
    }

    fn destroy(&self) {
        self.children().abandon();
        Mailbox::destroy(self);
    }

    fn child_completed(&self, child: Identity, completion: Completion) {
        self.children().forget(child);
        let detail = completion
            .fault()
            .map_or_else(String::new, |fault| format!(", {fault}"));
        self.tell(
            child,
            Completed::new(ObjectId::of(child), completion),
            &detail,
        );
    }
}

/// The object that has created this one, unless the process has.
#[derive(Clone)]
pub(crate) struct Parent(Option<Weak<dyn Relative>>);

impl Parent {
    pub(crate) const PROCESS: Self = Self(None);

    pub(crate) fn new<O: Object>(mailbox: &Rc<Mailbox<O>>) -> Self {
        let mailbox: Weak<Mailbox<O>> = Rc::downgrade(mailbox);
        Self(Some(mailbox))
    }

    /// Tells the parent, if it is still there.
    pub(crate) fn child_completed(&self, child: Identity, completion: Completion) {
        if let Some(parent) = self.0.as_ref().and_then(Weak::upgrade) {
            parent.child_completed(child, completion);
        }
    }
}

impl fmt::Debug for Parent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() {
            "Parent"
        } else {
            "Process"
        })
    }
}

struct Child {
    relative: Rc<dyn Relative>,
    life: AbortHandle,
}

/// The objects that one has created, in the order of their creation.
#[derive(Default)]
pub(crate) struct Children {
    living: RefCell<BTreeMap<u32, Child>>,
    fewer: Notify,
}

impl Children {
    pub(crate) fn add(&self, child: Identity, relative: Rc<dyn Relative>, life: AbortHandle) {
        let number = child.number();
        self.living
            .borrow_mut()
            .insert(number, Child { relative, life });
    }

    fn forget(&self, child: Identity) {
        self.living.borrow_mut().remove(&child.number());
        self.fewer.notify_one();
    }

    fn latest(&self) -> Option<(u32, Rc<dyn Relative>)> {
        let living = self.living.borrow();
        let (number, child) = living.last_key_value()?;
        Some((*number, Rc::clone(&child.relative)))
    }

    /// Asks them to complete, the latest first, and waits for each before the next one is asked.
    pub(crate) async fn stop(&self, sender: Identity) {
        while let Some((number, relative)) = self.latest() {
            relative.stop(sender);
            while self.living.borrow().contains_key(&number) {
                self.fewer.notified().await;
            }
        }
    }

    /// Ends those that have not completed in time, the latest first. Some of them may not have
    /// been asked yet, because another one took all of the time.
    pub(crate) fn cut_short(&self, parent: Identity) {
        let left = self.living.take();
        if left.is_empty() {
            return;
        }
        record::write(
            Tag::Warning,
            parent,
            format_args!("Left {} objects that did not stop in time", left.len()),
        );
        for child in left.into_values().rev() {
            child.relative.cut_short(parent);
            child.life.abort();
        }
    }

    /// Ends all, when nothing can be handled any more.
    pub(crate) fn abandon(&self) {
        for child in self.living.take().into_values().rev() {
            child.relative.destroy();
            child.life.abort();
        }
    }
}
