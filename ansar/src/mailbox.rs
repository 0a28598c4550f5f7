//! Where an object receives its messages, one at a time.
//!
//! Everything of one object runs on one thread, and handlers never wait. So a request
//! is handled where it has been read, without crossing to another thread or task. What
//! objects send each other waits in a queue, so that a handler that sends is never
//! entered again before it has returned.

mod said;

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use tokio::sync::{Notify, oneshot};
use tokio::task::{AbortHandle, JoinSet};

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
use crate::progress::{InProgress, Progress};
use crate::queue::Queue;
use crate::record::{self, Identity, Tag};
use crate::reply::{Answer, IntoReply, Outcome, Reply, Unasked};

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
        if let Err(fault) = self.admit(sender, name) {
            return fault.into_answer();
        }
        self.drain();
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
        self.push(move |mailbox| mailbox.handle_unasked(sender, name, message));
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
        self.push(move |mailbox| {
            let outcome = mailbox.handle(&sender, name, |object, context| {
                object.handle(message, context).into_outcome()
            });
            mailbox.answer(sender, name, outcome, answer);
        });
        let reason = "the object completed before it had answered";
        let gone = move |_| Err(Faulted::failed(format!("cannot ask {name}"), reason));
        Ask::new(name, async move { answered.await.unwrap_or_else(gone) })
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
        self.push(move |mailbox| {
            // A fault of such a handler is in the record; nobody else waits for it.
            let _ = mailbox.handle_letter(sender, name, &mut Some(message));
        });
    }

    /// The same for a message that an object cannot do without: it does what is usual when
    /// there is no handler, and a handler that panics ends the object.
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
        self.push(move |mailbox| {
            let handled = if O::handles(TypeId::of::<M>()) {
                mailbox.handle_letter(sender, name, &mut Some(message))
            } else {
                mailbox.handle(&sender, name, |_, context| otherwise(message, context))
            };
            if let Err(fault) = handled {
                mailbox.fail(fault);
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
        self.push(move |mailbox| mailbox.handle_unasked(sender, name, message));
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
        if waiting > 0 && self.queue.len() > 0 {
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
        let handled = guarded(identity, name, || code(object, context));
        context.set_client(Client::none());
        let (state, has_commands) = (object.state(), context.has_commands());
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

    fn handle_letter(
        self: &Rc<Self>,
        sender: Identity,
        name: &'static str,
        letter: &mut dyn Any,
    ) -> Result<(), Faulted> {
        let reception = self.handle(&sender, name, |object, context| {
            object.receive(letter, context)
        })?;
        if let Reception::Replied(reply) = reception {
            self.see_to(name, reply);
        }
        Ok(())
    }

    /// A reply that nobody waits for: what is wrong is recorded.
    fn see_to(self: &Rc<Self>, name: &'static str, reply: Unasked) {
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

    fn answer<M: 'static>(
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
        self.queue.arrived() + self.progress.count()
    }

    fn check_open(&self, name: &str) -> Result<(), Faulted> {
        if self.is_closed() {
            return Err(gone(name));
        }
        Ok(())
    }

    fn push(&self, item: impl FnOnce(&Rc<Self>) + 'static) {
        self.queue.push(Box::new(item));
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

    /// Whether there is anything to do for the object now.
    pub(crate) fn is_idle(&self) -> bool {
        let resident = self.resident.borrow();
        let has_commands = resident
            .as_ref()
            .is_some_and(|resident| resident.context.has_commands());
        !has_commands && self.queue.len() == 0
    }

    /// Waits until there is something to do.
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
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
