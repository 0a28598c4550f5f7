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
use crate::later::Later;
use crate::life;
use crate::mailbox::Mailbox;
use crate::object::{Handler, Object};
use crate::record::{self, Tag};
use crate::reply::IntoReply;

/// A number of workers, each of which does one thing at a time.
///
/// A message goes to a worker that has nothing to do. When all are busy it waits, and when
/// too many wait it is answered at once by a fault with status 503. A worker that has completed
/// is replaced by a new one. The workers end with the object that has made the pool.
pub struct Pool<W: Object> {
    shared: Rc<Shared<W>>,
}

/// What to do with a worker that is free.
type Job<W> = Box<dyn FnOnce(Address<W>) -> LocalBoxFuture<'static, ()>>;

/// Does something beside an object.
type Run = Box<dyn Fn(LocalBoxFuture<'static, ()>)>;

struct Shared<W: Object> {
    places: RefCell<Places<W>>,
    waiting_limit: usize,
    /// Makes a worker, unless the object that has made the pool is gone.
    make: Box<dyn Fn() -> Option<Address<W>>>,
    /// Beside the object that has made the pool.
    run: Run,
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
        let make = move || Some(Address::new(life::begin(make(), &creator.upgrade()?)));
        let places = Places {
            idle: (0..workers).filter_map(|_| make()).collect(),
            waiting: VecDeque::new(),
        };
        let shared = Shared {
            places: RefCell::new(places),
            waiting_limit,
            make: Box::new(make),
            run: Box::new(move |task| {
                if let Some(owner) = Weak::upgrade(&runner) {
                    owner.run(task);
                }
            }),
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
            // A worker is busy until it has answered, however long whoever asked waits.
            let reply = worker.ask(message).within(Duration::MAX);
            Box::pin(async {
                let _ = answer.send(reply.await);
            })
        });
        if let Err(fault) = self.shared.take(name, job) {
            return Ask::new(name, std::future::ready(Err(fault)));
        }
        Ask::new(name, async move {
            answered.await.unwrap_or_else(|_| {
                let condition = format!("cannot ask {name}");
                Err(Faulted::failed(condition, "the pool has ended"))
            })
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

    fn start(self: &Rc<Self>, worker: Address<W>, job: Job<W>) {
        let shared = Rc::clone(self);
        (self.run)(Box::pin(async move {
            job(worker.clone()).await;
            shared.free(worker);
        }));
    }

    /// Gives a worker that is free the next job.
    fn free(self: &Rc<Self>, worker: Address<W>) {
        let worker = if worker.has_completed() {
            (self.make)()
        } else {
            Some(worker)
        };
        let Some(worker) = worker else { return };
        let mut places = self.places.borrow_mut();
        match places.waiting.pop_front() {
            None => places.idle.push_back(worker),
            Some(job) => {
                drop(places);
                self.start(worker, job);
            }
        }
    }
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
