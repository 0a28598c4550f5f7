//! Where an object can be reached by others.

use std::fmt;
use std::rc::Rc;

use crate::ask::Ask;
use crate::later::Later;
use crate::lifecycle::{ObjectId, Stop};
use crate::mailbox::Mailbox;
use crate::object::{Handler, Object};
use crate::record;
use crate::reply::IntoReply;

/// The address of an object in this process. A clone is the same address.
///
/// What is sent arrives in the order of sending, after the handler that sends has returned.
/// Objects live on the thread that created them, and so do their addresses.
pub struct Address<O: Object> {
    mailbox: Rc<Mailbox<O>>,
}

impl<O: Object> Address<O> {
    pub(crate) fn new(mailbox: Rc<Mailbox<O>>) -> Self {
        Self { mailbox }
    }

    /// The number that the record shows the object with.
    pub fn id(&self) -> ObjectId {
        ObjectId::of(self.mailbox.identity())
    }

    /// Sends a message, and wants no answer. A message that does not arrive is recorded.
    pub fn send<M: 'static>(&self, message: M) -> Delivery
    where
        O: Handler<M>,
    {
        self.mailbox.send(record::current(), message)
    }

    /// Sends a message, and gives a future of the answer. See [`Ask`] for how long it may take.
    pub fn ask<M: 'static>(&self, message: M) -> Ask<<O::Reply as IntoReply>::Message>
    where
        O: Handler<M>,
    {
        self.mailbox.ask(record::current(), message)
    }

    /// Passes a message on: what its handler replies is the reply to whoever asked.
    pub fn forward<M: 'static>(&self, message: M) -> Later<Forwarded<O, M>>
    where
        O: Handler<M>,
    {
        self.ask(message).into()
    }

    /// Whether the object takes no more messages.
    pub fn has_completed(&self) -> bool {
        self.mailbox.is_closed()
    }

    /// Asks the object to complete, by a [`Stop`].
    pub fn stop(&self) {
        self.mailbox.stop(record::current(), Stop);
    }
}

/// What the handler of an object replies to a message that was forwarded to it.
pub type Forwarded<O, M> = Result<<<O as Handler<M>>::Reply as IntoReply>::Message, crate::Faulted>;

impl<O: Object> Clone for Address<O> {
    fn clone(&self) -> Self {
        Self::new(Rc::clone(&self.mailbox))
    }
}

impl<O: Object> PartialEq for Address<O> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.mailbox, &other.mailbox)
    }
}

impl<O: Object> Eq for Address<O> {}

impl<O: Object> fmt::Debug for Address<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({})", self.id())
    }
}

/// What became of a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits to be handled.
    Queued,
    /// It was dropped: too many wait already. The record says so.
    Overloaded,
    /// It was dropped: the object has completed. The record says so.
    Completed,
}
