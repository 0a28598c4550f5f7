//! The connections to one remote, and the calls that wait for one.
//!
//! What to do is decided in [`Reach`]; here it is done. All of it lasts as long as somebody
//! holds on to the remote or waits for an answer; whatever runs beside that only looks whether
//! it is still there.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

use bytes::BytesMut;
use hyper::header::HeaderValue;
use tokio::runtime::{EnterGuard, Handle};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::connection::{Connection, connect};
use super::idle::IdleConnections;
use super::limits;
use super::owner::{News, Owner};
use super::pipeline::{Outcome, Pipeline};
use super::reach::{Action, Event, Reach};
use crate::fault::Faulted;
use crate::host_port::HostPort;
use crate::lifecycle::{Closed, Connected, NotConnected, ObjectId};
use crate::record::{self, Identity, Tag};

/// The connections to one remote.
pub(super) struct Connections {
    identity: Identity,
    requested: HostPort,
    /// The remote as the header `Host` names it.
    host: HeaderValue,
    owner: Weak<dyn Owner>,
    runtime: Handle,
    reach: RefCell<Reach>,
    idle: RefCell<IdleConnections>,
    waiting: RefCell<VecDeque<oneshot::Sender<Result<Connection, Faulted>>>>,
    ahead: RefCell<Ahead>,
    /// Runs as long as calls are sent ahead.
    pipeline: RefCell<Option<AbortHandle>>,
    pause: RefCell<Option<AbortHandle>>,
    /// Whether somebody sees to it that idle connections are closed.
    is_swept: Cell<bool>,
    /// Runs as long as the owner does.
    watch: RefCell<Option<AbortHandle>>,
}

/// The connection over which calls are sent ahead, if that is allowed.
enum Ahead {
    /// Nobody has allowed it.
    Forbidden,
    /// There has never been more than one call at a time.
    Unneeded,
    Opening,
    Open(Rc<Pipeline>),
}

/// A place for a call.
pub(super) enum Place {
    Now(Connection),
    Soon(oneshot::Receiver<Result<Connection, Faulted>>),
}

impl Connections {
    /// Begins to connect, on behalf of an object.
    pub(super) fn begin(owner: &Rc<dyn Owner>, creator: Identity, requested: HostPort) -> Rc<Self> {
        // A host that is no text for a header cannot be looked up either: it is never sent.
        let host = HeaderValue::from_str(&requested.to_string())
            .unwrap_or_else(|_| HeaderValue::from_static(""));
        let connections = Rc::new(Self {
            identity: Identity::create("Remote", creator),
            requested,
            host,
            owner: Rc::downgrade(owner),
            runtime: Handle::current(),
            reach: RefCell::new(Reach::new()),
            idle: RefCell::default(),
            waiting: RefCell::default(),
            ahead: RefCell::new(Ahead::Forbidden),
            pipeline: RefCell::default(),
            pause: RefCell::default(),
            is_swept: Cell::new(false),
            watch: RefCell::default(),
        });
        let end = OwnerEnds(Rc::downgrade(&connections));
        connections.watch.replace(connections.run(async move {
            let _end = end;
            std::future::pending::<()>().await;
        }));
        connections.open();
        connections
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    pub(super) fn requested(&self) -> &HostPort {
        &self.requested
    }

    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Until dropped, calls can begin, though nothing of the runtime may be running: a test may
    /// ask from the outside.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }

    pub(super) fn allow(&self, connections: usize) {
        self.reach.borrow_mut().allow(connections);
    }

    pub(super) fn allow_ahead(&self) {
        let mut ahead = self.ahead.borrow_mut();
        if matches!(*ahead, Ahead::Forbidden) {
            *ahead = Ahead::Unneeded;
        }
    }

    /// A place for a call, unless nothing can be asked now.
    pub(super) fn place(self: &Rc<Self>, question: &str) -> Result<Place, Faulted> {
        if let Some(fault) = self.refusal() {
            return Err(fault);
        }
        let idle = self.idle.borrow_mut().take();
        if let Some(connection) = idle {
            self.reach.borrow_mut().used();
            return Ok(Place::Now(connection));
        }
        let receiver = self.wait(question)?;
        self.open_for_waiting();
        Ok(Place::Soon(receiver))
    }

    /// Sends a request ahead of the answers to others, if that is possible and right.
    pub(super) fn send_ahead(
        self: &Rc<Self>,
        write: impl FnOnce(&mut BytesMut),
    ) -> Option<oneshot::Receiver<Outcome>> {
        let now = Instant::now();
        if let Ahead::Open(pipeline) = &*self.ahead.borrow() {
            if !pipeline.has_room(now) {
                return None;
            }
            self.reach.borrow_mut().used();
            return Some(pipeline.send(now, write));
        }
        // With one call at a time, there is nothing to be sent ahead of.
        let is_busy = self.idle.borrow().is_empty();
        let is_needed = is_busy && matches!(*self.ahead.borrow(), Ahead::Unneeded);
        if is_needed && self.reach.borrow_mut().open_one_more() {
            self.ahead.replace(Ahead::Opening);
            self.open_pipeline();
        }
        None
    }

    fn open_pipeline(self: &Rc<Self>) {
        let (connections, requested) = (Rc::downgrade(self), self.requested.clone());
        let task = self.run(async move {
            let event = match connect(&requested).await {
                Err(reason) => Event::NotOpened(reason),
                Ok((stream, peer, local)) => {
                    let pipeline = Rc::new(Pipeline::default());
                    if let Some(connections) = connections.upgrade() {
                        connections.connected(peer, local);
                        connections.ahead.replace(Ahead::Open(Rc::clone(&pipeline)));
                        connections.open_for_waiting();
                    }
                    Event::Lost(pipeline.serve(stream).await)
                }
            };
            if let Some(connections) = connections.upgrade() {
                connections.ahead.replace(Ahead::Unneeded);
                connections.step(event);
            }
        });
        self.pipeline.replace(task);
    }

    /// Takes a connection back when it has done a call.
    pub(super) fn take_back(self: &Rc<Self>, mut connection: Connection) {
        if connection.is_ready() {
            return self.give(connection);
        }
        let connections = Rc::clone(self);
        spawn_local(async move {
            // Mostly it is closing; or the server has answered before it has read everything.
            let ready = timeout(limits::IDLE_TIME, connection.becomes_ready()).await;
            if ready == Ok(true) {
                connections.give(connection);
            }
        });
    }

    fn refusal(&self) -> Option<Faulted> {
        let reach = self.reach.borrow();
        reach.refusal().map(|reason| self.unreachable(reason))
    }

    fn unreachable(&self, reason: &str) -> Faulted {
        let condition = format!("cannot reach \"{}\"", self.requested);
        Faulted::failed(condition, reason).with_status(503)
    }

    fn wait(
        &self,
        question: &str,
    ) -> Result<oneshot::Receiver<Result<Connection, Faulted>>, Faulted> {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= limits::WAITING {
            // Some may have been given up.
            waiting.retain(|call| !call.is_closed());
        }
        let length = waiting.len();
        if length >= limits::WAITING {
            let condition = format!("cannot send {question} to \"{}\"", self.requested);
            let reason = format!("{length} calls wait for a connection already: try again later");
            return Err(Faulted::overloaded(condition, reason));
        }
        let (sender, receiver) = oneshot::channel();
        waiting.push_back(sender);
        Ok(receiver)
    }

    /// Gives a connection to the call that has waited longest.
    fn give(self: &Rc<Self>, mut connection: Connection) {
        loop {
            let next = self.waiting.borrow_mut().pop_front();
            let Some(call) = next else { break };
            match call.send(Ok(connection)) {
                Ok(()) => return self.reach.borrow_mut().used(),
                Err(Ok(unwanted)) => connection = unwanted,
                Err(Err(_)) => unreachable!("a connection comes back as one"),
            }
        }
        self.idle.borrow_mut().put(connection, Instant::now());
        self.sweep();
    }

    fn refuse_all(&self, fault: &Faulted) {
        for call in self.waiting.take() {
            // Whoever has called may no longer wait.
            let _ = call.send(Err(fault.clone()));
        }
    }

    fn open_for_waiting(self: &Rc<Self>) {
        let waiting = self.waiting.borrow().len();
        let attempts = self.reach.borrow_mut().open_for(waiting);
        for _ in 0..attempts {
            self.open();
        }
    }

    /// Runs something that ends with the owner.
    fn run(&self, task: impl Future<Output = ()> + 'static) -> Option<AbortHandle> {
        let owner = self.owner.upgrade()?;
        Some(owner.run(Box::pin(task)))
    }

    /// Makes one attempt to connect, and keeps what comes of it.
    fn open(self: &Rc<Self>) {
        let (connections, requested) = (Rc::downgrade(self), self.requested.clone());
        self.run(async move {
            let outcome = Connection::open(&requested).await;
            let note = |event| {
                if let Some(connections) = connections.upgrade() {
                    connections.step(event);
                }
            };
            match outcome {
                Err(reason) => note(Event::NotOpened(reason)),
                Ok(opened) => {
                    if let Some(connections) = connections.upgrade() {
                        connections.opened(opened.connection, opened.peer, opened.local);
                    }
                    note(Event::Lost(opened.serving.await));
                }
            }
        });
    }

    fn opened(self: &Rc<Self>, connection: Connection, peer: SocketAddr, local: SocketAddr) {
        self.connected(peer, local);
        self.give(connection);
        self.open_for_waiting();
    }

    fn connected(self: &Rc<Self>, peer: SocketAddr, local: SocketAddr) {
        record::write(
            Tag::Trace,
            self.identity,
            format_args!("Connected to \"{peer}\", at local address \"{local}\""),
        );
        self.step(Event::Opened(peer));
    }

    fn step(self: &Rc<Self>, event: Event) {
        let is_loss = matches!(event, Event::Lost(_));
        if is_loss {
            self.idle.borrow_mut().forget_closed();
        }
        let failure = match &event {
            Event::NotOpened(reason) => Some(reason.clone()),
            _ => None,
        };
        let (now, random) = (Instant::now(), fastrand::f64());
        let actions = self.reach.borrow_mut().step(event, now, random);
        if let Some(reason) = failure {
            self.record_failure(&reason, &actions);
        }
        for action in actions {
            self.perform(action);
        }
        if let Some(fault) = self.refusal() {
            self.refuse_all(&fault);
        } else if is_loss {
            self.open_for_waiting();
        }
    }

    /// That a server is gone is worth a warning; that it is still gone is not.
    fn record_failure(&self, reason: &str, actions: &[Action]) {
        let is_told = actions
            .iter()
            .any(|action| matches!(action, Action::TellNotConnected(_)));
        let tag = if is_told { Tag::Warning } else { Tag::Trace };
        record::write(
            tag,
            self.identity,
            format_args!("Cannot reach \"{}\" ({reason})", self.requested),
        );
    }

    fn perform(self: &Rc<Self>, action: Action) {
        let remote = ObjectId::of(self.identity);
        match action {
            Action::Open => self.open(),
            Action::Pause(pause) => self.pause(pause),
            Action::TellConnected(peer) => self.tell(News::Connected(Connected {
                remote,
                requested: self.requested.clone(),
                peer,
            })),
            Action::TellNotConnected(reason) => self.tell(News::NotConnected(NotConnected {
                remote,
                requested: self.requested.clone(),
                reason,
            })),
            Action::TellClosed(peer, reason) => self.tell(News::Closed(Closed {
                connection: remote,
                peer,
                reason,
            })),
        }
    }

    fn tell(&self, news: News) {
        if let Some(owner) = self.owner.upgrade() {
            owner.tell(self.identity, news);
        }
    }

    fn pause(self: &Rc<Self>, pause: Duration) {
        record::write(
            Tag::Trace,
            self.identity,
            format_args!("Next attempt in {}ms", pause.as_millis()),
        );
        let connections = Rc::downgrade(self);
        let task = self.run(async move {
            sleep(pause).await;
            if let Some(connections) = connections.upgrade() {
                connections.step(Event::PauseOver);
            }
        });
        // Never two of them: each would lead to attempts of its own.
        abort(self.pause.replace(task));
    }

    /// Sees to it that connections which are idle for long are closed, but for the last one.
    fn sweep(self: &Rc<Self>) {
        if self.is_swept.get() || self.idle.borrow().next_end().is_none() {
            return;
        }
        self.is_swept.set(true);
        let connections = Rc::downgrade(self);
        self.run(async move {
            while let Some(end) = next_idle_end(&connections) {
                sleep_until(end).await;
                if let Some(connections) = connections.upgrade() {
                    connections.idle.borrow_mut().close(Instant::now());
                }
            }
        });
    }

    /// The owner is no more: nothing is asked any longer, and nobody waits.
    fn end(self: &Rc<Self>) {
        self.step(Event::Ended);
        self.idle.take();
    }
}

/// When the next idle connection is to be closed; takes note when there is nothing to see to.
fn next_idle_end(connections: &Weak<Connections>) -> Option<Instant> {
    let connections = connections.upgrade()?;
    let end = connections.idle.borrow().next_end();
    connections.is_swept.set(end.is_some());
    end
}

fn abort(task: Option<AbortHandle>) {
    if let Some(task) = task {
        task.abort();
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        abort(self.watch.take());
        abort(self.pipeline.take());
        abort(self.pause.take());
        record::write(Tag::Destroyed, self.identity, format_args!("Destroyed"));
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connections")
            .field("requested", &self.requested)
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

/// Held by what runs as long as the owner does.
struct OwnerEnds(Weak<Connections>);

impl Drop for OwnerEnds {
    fn drop(&mut self) {
        if let Some(connections) = self.0.upgrade() {
            connections.end();
        }
    }
}
