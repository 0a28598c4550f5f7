//! Several objects of a kind that share the work.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;

use crate::address::{Address, Forwarded};
use crate::ask::Ask;
use crate::fault::Faulted;
use crate::guard::constructed;
use crate::later::Later;
use crate::life;
use crate::mailbox::Mailbox;
use crate::object::{Handler, Object};
use crate::record::{self, Tag};
use crate::reply::IntoReply;

/// A number of workers, each of which does one thing at a time.
///
/// There is one worker at the least. A message goes to a worker that has nothing to do. When all
/// are busy it waits, and when too many wait it is answered at once by a fault with status 503.
/// What waits is dropped when whoever asked has gone. A worker that has completed is replaced by
/// a new one. The workers end with the object that has made the pool.
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
///     pool: Option<Pool<Counter>>,
/// }
///
/// #[handlers]
/// impl Server {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         self.pool = Some(context.create_pool(4, 100, Counter::default));
///     }
///
///     fn add(&mut self, add: Add) -> Later<Result<Total, Faulted>> {
///         self.pool.as_ref().expect("it is made at the start").forward(add)
///     }
/// }
/// ```
pub struct Pool<W: Object> {
    shared: Rc<Shared<W>>,
}

/// What to do with a worker that is free, or without one when none can be had.
type Job<W> = Box<dyn FnOnce(Result<Address<W>, Faulted>) -> LocalBoxFuture<'static, ()>>;

/// The object that has made the pool, whatever it is.
trait Owner {
    /// Does something beside it.
    fn run(&self, task: LocalBoxFuture<'static, ()>);
    /// Whether it is gone.
    fn has_ended(&self) -> bool;
}

impl<O: Object> Owner for Mailbox<O> {
    fn run(&self, task: LocalBoxFuture<'static, ()>) {
        Mailbox::run(self, task);
    }

    fn has_ended(&self) -> bool {
        self.is_destroyed()
    }
}

struct Shared<W: Object> {
    places: RefCell<Places<W>>,
    waiting_limit: usize,
    /// Makes a worker, unless that panics or the object that has made the pool has completed.
    make: Box<dyn Fn() -> Result<Address<W>, Faulted>>,
    owner: Weak<dyn Owner>,
}

/// Either some workers are idle, or some jobs wait.
struct Places<W: Object> {
    idle: VecDeque<Address<W>>,
    waiting: VecDeque<Job<W>>,
}

impl<W: Object> Pool<W> {
    pub(crate) fn new<O: Object>(
        owner: &Rc<Mailbox<O>>,
        workers: usize,
        waiting_limit: usize,
        make: impl Fn() -> W + 'static,
    ) -> Self {
        let (creator, runner) = (Rc::downgrade(owner), Rc::downgrade(owner));
        let runner: Weak<dyn Owner> = runner;
        let idle = (0..workers.max(1)).map(|_| Address::new(life::begin(make(), owner)));
        let places = Places {
            idle: idle.collect(),
            waiting: VecDeque::new(),
        };
        let shared = Shared {
            places: RefCell::new(places),
            waiting_limit,
            make: Box::new(move || make_for(&creator, &make)),
            owner: runner,
        };
        Self {
            shared: Rc::new(shared),
        }
    }

    /// Has a worker handle a message, and gives a future of the answer.
    pub fn ask<M: 'static>(&self, message: M) -> Ask<<W::Reply as IntoReply>::Message>
    where
        W: Handler<M>,
    {
        let name = record::short_name::<M>();
        let (answer, answered) = oneshot::channel();
        let job: Job<W> = Box::new(|worker| {
            // Whoever asked may have gone while this waited.
            if answer.is_closed() {
                return Box::pin(std::future::ready(()));
            }
            // A worker is busy until it has answered, however long whoever asked waits.
            let reply = worker.map(|worker| worker.ask(message).within(Duration::MAX));
            Box::pin(async {
                let reply = match reply {
                    Ok(reply) => reply.await,
                    Err(fault) => Err(fault),
                };
                // Whoever asked may no longer wait.
                let _ = answer.send(reply);
            })
        });
        if let Err(fault) = self.shared.take(name, job) {
            return Ask::new(name, std::future::ready(Err(fault)));
        }
        Ask::new(name, async move {
            answered.await.unwrap_or_else(|_| Err(ended(name)))
        })
    }

    /// Has a worker handle a message: what it replies is the reply to whoever asked.
    pub fn forward<M: 'static>(&self, message: M) -> Later<Forwarded<W, M>>
    where
        W: Handler<M>,
    {
        self.ask(message).into()
    }
}

impl<W: Object> Shared<W> {
    /// Starts a job, or lets it wait, or refuses it.
    fn take(self: &Rc<Self>, name: &str, job: Job<W>) -> Result<(), Faulted> {
        if self.owner().is_none() {
            return Err(ended(name));
        }
        let mut places = self.places.borrow_mut();
        if let Some(worker) = places.idle.pop_front() {
            drop(places);
            self.start(worker, job);
            return Ok(());
        }
        let waiting = places.waiting.len();
        if waiting < self.waiting_limit {
            places.waiting.push_back(job);
            return Ok(());
        }
        let reason = format!("{waiting} wait for a worker already: try again later");
        let fault = Faulted::overloaded(format!("cannot take {name}"), reason);
        record::say(Tag::Warning, format_args!("Overloaded, {fault}"));
        Err(fault)
    }

    /// Has a worker do a job, or its successor when it has completed.
    fn start(self: &Rc<Self>, worker: Address<W>, job: Job<W>) {
        let hired = if worker.has_completed() {
            (self.make)()
        } else {
            Ok(worker.clone())
        };
        // Without a successor, the place is tried again by the next job.
        let worker = hired.as_ref().unwrap_or(&worker).clone();
        let done = job(hired);
        let place = Place {
            shared: Rc::clone(self),
            worker,
        };
        if let Some(owner) = self.owner() {
            owner.run(Box::pin(async move {
                done.await;
                drop(place);
            }));
        }
    }

    /// Gives a worker that is free the next job.
    fn free(self: &Rc<Self>, worker: Address<W>) {
        let next = self.places.borrow_mut().waiting.pop_front();
        match next {
            None => self.places.borrow_mut().idle.push_back(worker),
            Some(job) => self.start(worker, job),
        }
    }

    /// The object that has made the pool. When it is gone, so is the pool.
    fn owner(&self) -> Option<Rc<dyn Owner>> {
        let owner = self.owner.upgrade().filter(|owner| !owner.has_ended());
        if owner.is_none() {
            // Whoever waits is told so. What is dropped may be an author's, and come back here.
            let waiting = std::mem::take(&mut self.places.borrow_mut().waiting);
            drop(waiting);
        }
        owner
    }
}

/// A worker that is busy, until this is dropped.
struct Place<W: Object> {
    shared: Rc<Shared<W>>,
    worker: Address<W>,
}

impl<W: Object> Drop for Place<W> {
    fn drop(&mut self) {
        self.shared.free(self.worker.clone());
    }
}

/// Makes a worker, which must not take the job of the next one with it when it panics.
fn make_for<O: Object, W: Object>(
    owner: &Weak<Mailbox<O>>,
    make: &impl Fn() -> W,
) -> Result<Address<W>, Faulted> {
    let name = record::short_name::<W>();
    let owner = owner.upgrade().filter(|owner| !owner.is_closed());
    let owner = owner.ok_or_else(|| ended(name))?;
    let worker = constructed(owner.identity(), name, make)?;
    Ok(Address::new(life::begin(worker, &owner)))
}

fn ended(name: &str) -> Faulted {
    Faulted::failed(format!("cannot ask {name}"), "the pool has ended").with_status(503)
}

impl<W: Object> Clone for Pool<W> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<W: Object> fmt::Debug for Pool<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.shared.places.borrow();
        formatter
            .debug_struct("Pool")
            .field("idle", &places.idle.len())
            .field("waiting", &places.waiting.len())
            .finish_non_exhaustive()
    }
}
