//! Where an object receives its messages, one at a time.
//!
//! Everything of one object runs on one thread, and handlers never wait. So a request
//! is handled where it has been read, without crossing to another thread or task. What
//! objects send each other waits in a queue, so that a handler that sends is never
//! entered again before it has returned.

mod replies;
mod said;

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinSet, yield_now};

use crate::address::Delivery;
use crate::ask::Ask;
use crate::client::Client;
use crate::context::{Command, Context};
use crate::family::{Children, Parent};
use crate::fault::Faulted;
pub(crate) use crate::guard::guarded;
use crate::http::HttpSettings;
use crate::lifecycle::Stop;
use crate::object::{Handler, Object, Reception};
use crate::progress::Progress;
use crate::queue::Queue;
use crate::record::{self, Identity, Tag};
use crate::reply::{Answer, IntoReply, Reply, Unasked};

/// How many messages may wait for an object, unless it says otherwise: some seconds of
/// work of an object that is quick, and a few megabytes.
pub(crate) const LIMIT: usize = 8192;

/// A message, and what is to be done with it.
type Item<O> = Box<dyn FnOnce(&Rc<Mailbox<O>>)>;

/// An object, its context, and the ways in.
pub(crate) struct Mailbox<O: Object> {
    identity: Cell<Identity>,
    parent: Parent,
    http: Rc<HttpSettings>,
    resident: RefCell<Option<Resident<O>>>,
    queue: Queue<Item<O>>,
    progress: Rc<Progress>,
    phase: Cell<Phase>,
    /// Whether `Start`, or another message that the object cannot do without, is still answered.
    is_starting: Cell<bool>,
    woken: Notify,
    tasks: RefCell<JoinSet<()>>,
    children: Children,
}

struct Resident<O: Object> {
    object: O,
    context: Context<O>,
}

/// How far the object's life has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It takes messages.
    Open,
    /// It has completed: it only does what is needed to end in order.
    Closed,
    /// It is gone.
    Destroyed,
}

impl<O: Object> fmt::Debug for Mailbox<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Mailbox")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl<O: Object> Mailbox<O> {
    /// Gives an object its mailbox. The number of the object has been given already.
    pub(crate) fn new(
        identity: Identity,
        object: O,
        parent: Parent,
        http: Rc<HttpSettings>,
    ) -> Rc<Self> {
        let state = object.state();
        let mailbox = Rc::new_cyclic(|mailbox| Self {
            identity: Cell::new(identity),
            parent,
            http,
            resident: RefCell::new(Some(Resident {
                object,
                context: Context::new(Weak::clone(mailbox)),
            })),
            queue: Queue::default(),
            progress: Rc::default(),
            phase: Cell::new(Phase::Open),
            is_starting: Cell::new(false),
            woken: Notify::new(),
            tasks: RefCell::default(),
            children: Children::default(),
        });
        mailbox.show_state(state);
        mailbox
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity.get()
    }

    pub(crate) fn http(&self) -> &Rc<HttpSettings> {
        &self.http
    }

    pub(crate) fn parent(&self) -> &Parent {
        &self.parent
    }

    pub(crate) fn children(&self) -> &Children {
        &self.children
    }

    /// Has the object handle a request of a client, after what came before it.
    pub(crate) fn request<R: IntoReply>(
        self: &Rc<Self>,
        sender: &dyn fmt::Display,
        name: &'static str,
        handle: impl FnOnce(&mut O, &mut Context<O>) -> R,
    ) -> Answer {
        self.drain();
        if let Err(fault) = self.admit(sender, name) {
            return fault.into_answer();
        }
        let handled = self.handle(sender, name, |object, context| {
            handle(object, context).into_answer()
        });
        match handled {
            Ok(Answer::Now(reply)) => Answer::Now(reply),
            Ok(Answer::Later(reply)) => {
                let reply = self.in_progress(name, reply);
                Answer::Later(Box::pin(async {
                    reply.await.unwrap_or_else(|fault| Reply::of(&fault, 500))
                }))
            }
            Err(fault) => fault.into_answer(),
        }
    }

    /// Queues a message that wants no answer.
    pub(crate) fn send<M: 'static>(&self, sender: Identity, message: M) -> Delivery
    where
        O: Handler<M>,
    {
        let name = record::short_name::<M>();
        self.record_sent(sender, name);
        if self.is_closed() {
            self.record_dropped(sender, name, GONE);
            return Delivery::Completed;
        }
        if self.admit(&sender, name).is_err() {
            return Delivery::Overloaded;
        }
        self.push_admitted(move |mailbox| mailbox.handle_unasked(sender, name, message));
        Delivery::Queued
    }

    /// Queues a message that wants an answer.
    pub(crate) fn ask<M: 'static>(
        &self,
        sender: Identity,
        message: M,
    ) -> Ask<<O::Reply as IntoReply>::Message>
    where
        O: Handler<M>,
    {
        let name = record::short_name::<M>();
        self.record_sent(sender, name);
        if let Err(fault) = self
            .check_open(name)
            .and_then(|()| self.admit(&sender, name))
        {
            return Ask::new(name, std::future::ready(Err(fault)));
        }
        let (answer, answered) = oneshot::channel();
        self.push_admitted(move |mailbox| {
            let outcome = mailbox.handle(&sender, name, |object, context| {
                object.handle(message, context).into_outcome()
            });
            mailbox.answer(sender, name, outcome, answer);
        });
        Ask::new(name, async move {
            answered.await.unwrap_or_else(|_| Err(unanswered(name)))
        })
    }

    /// Queues a message of the framework's own, whatever else waits: each of them is one
    /// for each connection, child or timer, and these have limits of their own.
    pub(crate) fn tell<M: 'static>(&self, sender: Identity, message: M, detail: &str) {
        let name = record::short_name::<M>();
        self.record_sent(sender, name);
        if self.is_destroyed() {
            return self.record_dropped(sender, name, GONE);
        }
        if !O::handles(TypeId::of::<M>()) {
            return self.record_dropped(sender, name, detail);
        }
        self.push_own(move |mailbox| {
            // A fault of such a handler is in the record; nobody else waits for it.
            if let Ok(Some(reply)) = mailbox.handle_letter(sender, name, &mut Some(message)) {
                mailbox.see_to(name, reply);
            }
        });
    }

    /// The same for a message that an object cannot do without: it does what is usual when
    /// there is no handler, and a handler that panics or replies with a fault ends the object.
    pub(crate) fn tell_essential<M: 'static>(
        &self,
        sender: Identity,
        message: M,
        otherwise: impl FnOnce(M, &mut Context<O>) + 'static,
    ) {
        let name = record::short_name::<M>();
        self.record_sent(sender, name);
        if self.is_destroyed() {
            return self.record_dropped(sender, name, GONE);
        }
        self.push_own(move |mailbox| {
            let handled = if O::handles(TypeId::of::<M>()) {
                mailbox.handle_letter(sender, name, &mut Some(message))
            } else {
                let usual = mailbox.handle(&sender, name, |_, context| otherwise(message, context));
                usual.map(|()| None)
            };
            match handled {
                Ok(None) => {}
                Ok(Some(Unasked::Fault(fault))) | Err(fault) => mailbox.fail(fault),
                Ok(Some(Unasked::Later(reply))) => mailbox.await_essential(name, reply),
            }
        });
    }

    /// Asks the object to complete.
    pub(crate) fn stop(&self, sender: Identity, stop: Stop) {
        self.tell_essential(sender, stop, |_, context| {
            context.complete(crate::Aborted {});
        });
    }

    /// A message that comes of the object's own doing, a timer or work that it has begun.
    pub(crate) fn return_to<M: 'static>(&self, message: M)
    where
        O: Handler<M>,
    {
        let (sender, name) = (self.identity(), record::short_name::<M>());
        self.push_own(move |mailbox| mailbox.handle_unasked(sender, name, message));
    }

    /// Keeps a message until the object is in another state.
    pub(crate) fn defer(
        &self,
        name: &str,
        item: impl FnOnce(&Rc<Self>) + 'static,
    ) -> Result<(), Faulted> {
        self.check_open(name)?;
        self.queue
            .defer(Box::new(item), O::MAILBOX)
            .map_err(|kept| {
                let what = format_args!("{kept} messages wait for another state: refused {name}");
                record::write(
                    Tag::Warning,
                    self.identity(),
                    format_args!("Overloaded, {what}"),
                );
                let reason = format!("{kept} messages wait for another state: try again later");
                Faulted::overloaded(format!("cannot take {name}"), reason)
            })
    }

    /// Handles what waited when this was called; what came since has its turn after others.
    pub(crate) fn drain(self: &Rc<Self>) {
        let waiting = self.queue.len();
        for _ in 0..waiting {
            let Some(item) = self.queue.pop() else { return };
            item(self);
        }
        if waiting > 0 && !self.queue.is_empty() {
            self.woken.notify_one();
        }
    }

    /// Has the object handle a message. A handler that panics is a fault of this message
    /// only: the object goes on to the next one.
    pub(crate) fn handle<R>(
        &self,
        sender: &dyn fmt::Display,
        name: &str,
        code: impl FnOnce(&mut O, &mut Context<O>) -> R,
    ) -> Result<R, Faulted> {
        let identity = self.identity();
        record::write(
            Tag::Received,
            identity,
            format_args!("Received {name} from {sender}"),
        );
        let mut place = self.resident.borrow_mut();
        let Some(Resident { object, context }) = &mut *place else {
            return Err(gone(name));
        };
        let handled = guarded(identity, name, || (code(object, context), object.state()));
        // The state is looked at by code of the author's, which may panic too.
        let (handled, state) = match handled {
            Ok((reply, state)) => (Ok(reply), state),
            Err(fault) => {
                let state = guarded(identity, name, || object.state());
                (Err(fault), state.unwrap_or(identity.state()))
            }
        };
        context.set_client(Client::none());
        let has_commands = context.has_commands();
        drop(place);
        self.show_state(state);
        if has_commands {
            self.woken.notify_one();
        }
        handled
    }

    fn handle_unasked<M: 'static>(self: &Rc<Self>, sender: Identity, name: &'static str, message: M)
    where
        O: Handler<M>,
    {
        let reply = self.handle(&sender, name, |object, context| {
            object.handle(message, context).into_outcome().unasked()
        });
        if let Ok(Some(reply)) = reply {
            self.see_to(name, reply);
        }
    }

    /// Gives the reply, if it is one that matters though nobody asked.
    fn handle_letter(
        &self,
        sender: Identity,
        name: &'static str,
        letter: &mut dyn Any,
    ) -> Result<Option<Unasked>, Faulted> {
        let reception = self.handle(&sender, name, |object, context| {
            object.receive(letter, context)
        })?;
        Ok(match reception {
            Reception::Replied(reply) => Some(reply),
            Reception::Handled | Reception::Unknown => None,
        })
    }

    /// Whether one more message has a place; if not, the record says so.
    pub(crate) fn admit(&self, sender: &dyn fmt::Display, name: &str) -> Result<(), Faulted> {
        let waiting = self.waiting();
        if waiting < O::MAILBOX {
            return Ok(());
        }
        record::write(
            Tag::Warning,
            self.identity(),
            format_args!("Overloaded, {waiting} messages wait: refused {name} from {sender}"),
        );
        let reason = format!("{waiting} messages wait already: try again later");
        Err(Faulted::overloaded(format!("cannot take {name}"), reason))
    }

    /// What was deferred is in progress: its reply is.
    fn waiting(&self) -> usize {
        self.queue.places() + self.progress.count()
    }

    fn check_open(&self, name: &str) -> Result<(), Faulted> {
        if self.is_closed() {
            return Err(gone(name));
        }
        Ok(())
    }

    fn push_admitted(&self, item: impl FnOnce(&Rc<Self>) + 'static) {
        self.queue.push_admitted(Box::new(item));
        self.woken.notify_one();
    }

    fn push_own(&self, item: impl FnOnce(&Rc<Self>) + 'static) {
        self.queue.push_own(Box::new(item));
        self.woken.notify_one();
    }

    /// Shows the state in the record; a new one is another chance for what was deferred.
    fn show_state(&self, state: Option<&'static str>) {
        let identity = self.identity();
        if identity.state() == state {
            return;
        }
        self.identity.set(identity.in_state(state));
        if self.queue.resume() {
            self.woken.notify_one();
        }
    }

    /// Ends the object, which cannot go on.
    pub(crate) fn fail(&self, fault: Faulted) {
        if let Some(resident) = &mut *self.resident.borrow_mut() {
            resident.context.complete(fault);
        }
        self.woken.notify_one();
    }

    /// What the object has asked for since the last time.
    pub(crate) fn take_commands(&self) -> Vec<Command<O>> {
        let mut resident = self.resident.borrow_mut();
        resident
            .as_mut()
            .map_or_else(Vec::new, |resident| resident.context.take_commands())
    }

    /// Whether there is nothing to do for the object now, and it is not still starting.
    pub(crate) fn is_idle(&self) -> bool {
        let resident = self.resident.borrow();
        let has_commands = resident
            .as_ref()
            .is_some_and(|resident| resident.context.has_commands());
        !has_commands && !self.is_starting.get() && self.queue.is_empty()
    }

    /// Waits until there is something to do. An object that keeps itself busy lets others have
    /// their turn.
    pub(crate) async fn woken(&self) {
        if self.queue.is_empty() {
            self.woken.notified().await;
        } else {
            yield_now().await;
        }
    }

    /// Takes no more messages of others. What waits for another state is given up.
    pub(crate) fn close(&self) {
        self.phase.set(self.phase.get().max(Phase::Closed));
        drop(self.queue.take_deferred());
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.phase.get() >= Phase::Closed
    }

    pub(crate) fn is_destroyed(&self) -> bool {
        self.phase.get() == Phase::Destroyed
    }

    /// Waits until all that was taken is answered.
    pub(crate) async fn finished(&self) {
        self.progress.none().await;
    }

    /// Ends the object: its tasks, then itself. Once is enough.
    pub(crate) fn destroy(&self) {
        self.phase.set(Phase::Destroyed);
        drop(self.tasks.take());
        self.record_unhandled(self.queue.take().len());
        let Some(resident) = self.resident.take() else {
            return;
        };
        // A panic on the way out is in the record, and cannot change anything any more.
        let _ = guarded(self.identity(), "the end", || drop(resident));
        record::write(Tag::Destroyed, self.identity(), format_args!("Destroyed"));
    }
}

/// Why a message was dropped.
const GONE: &str = ", the object has completed";

fn gone(name: &str) -> Faulted {
    Faulted::failed(format!("cannot ask {name}"), "the object has completed").with_status(503)
}

fn unanswered(name: &str) -> Faulted {
    let reason = "the object completed before it had answered";
    Faulted::failed(format!("cannot ask {name}"), reason).with_status(503)
}
