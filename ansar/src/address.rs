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
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// struct Server {
///     counter: Option<Address<Counter>>,
/// }
///
/// #[handlers]
/// impl Server {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         let counter = context.create(Counter::default());
///         counter.send(Add { amount: 1 });
///         self.counter = Some(counter);
///     }
///
///     fn add(&mut self, add: Add) -> Later<Result<Total, Faulted>> {
///         let counter = self.counter.as_ref().expect("it is made at the start");
///         counter.forward(add)
///     }
/// }
/// ```
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
    ///
    /// The answer is the message that its handler replies, [`Ack`](crate::Ack) from a handler that
    /// returns nothing.
    ///
    /// # Errors
    ///
    /// The answer is a [`Faulted`](crate::Faulted) when the handler refuses or panics, with status 503
    /// when too many messages wait or the object has completed, and 504 when there is none in time.
    pub fn ask<M: 'static>(&self, message: M) -> Ask<<O::Reply as IntoReply>::Message>
    where
        O: Handler<M>,
    {
        self.mailbox.ask(record::current(), message)
    }

    /// Passes a message on: what its handler replies is the reply to whoever asked.
    ///
    /// An example is above, at [`Address`]. Errors are those of [`ask`](Self::ask).
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
    ///
    /// What it completes with is told by [`Completed`](crate::Completed) to the object that created it.
    pub fn stop(&self) {
        self.mailbox.stop(record::current(), Stop);
    }
}

/// What the handler of an object replies to a message that was forwarded to it.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// struct Front {
///     counter: Address<Counter>,
/// }
///
/// #[handlers]
/// impl Front {
///     fn add(&mut self, add: Add) -> Later<ansar::Forwarded<Counter, Add>> {
///         self.counter.forward(add)
///     }
/// }
/// ```
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
///
/// ```
/// use ansar::Delivery;
/// use ansar::prelude::*;
/// use ansar::test::Test;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// let mut test = Test::new(Counter::default());
/// assert_eq!(test.send(Add { amount: 1 }), Delivery::Queued);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits to be handled.
    Queued,
    /// It was dropped: too many wait already. The record says so.
    Overloaded,
    /// It was dropped: the object has completed. The record says so.
    Completed,
}
