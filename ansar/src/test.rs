//! Testing a server: its object without a socket around it, or all of it at a free port.
//!
//! An object is tested by sending it messages. Time stands still while there is something to
//! do, and jumps to the next timer when there is not: a test of a time limit takes no time.
//!
//! ```
//! use ansar::prelude::*;
//! use ansar::test::Test;
//!
//! #[message]
//! struct Multiply { x: f64, y: f64 }
//! #[message]
//! struct Output { value: f64 }
//!
//! struct Server;
//!
//! #[handlers]
//! impl Server {
//!     fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
//!         Output { value: x * y }
//!     }
//! }
//!
//! let mut test = Test::new(Server);
//! assert_eq!(test.ask(Multiply { x: 1.5, y: 2.0 }), Ok(Output { value: 3.0 }));
//! ```
//!
//! A program is tested as its clients see it by [`Running`]. Both come with the feature `test`:
//! `ansar = { version = "…", features = ["test"] }` among the `[dev-dependencies]`.

mod running;

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::timeout;

pub use running::{Response, Running};

use crate::address::{Address, Delivery};
use crate::blocking;
use crate::context::Completion;
use crate::family::Parent;
use crate::fault::Faulted;
use crate::http::HttpSettings;
use crate::life::{self, Life};
use crate::lifecycle::{Completed, ObjectId, Start};
use crate::mailbox::Mailbox;
use crate::object::{Handler, Object};
use crate::readiness::Readiness;
use crate::record::{self, Identity};
use crate::reply::IntoReply;

/// How long an object may take to complete, so that a test in which it never does fails and
/// does not hang. Time jumps: this is long for an object, and short for who runs the test.
const COMPLETION_TIME: Duration = Duration::from_hours(24);

/// An object under test.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::prelude::*;
/// use ansar::test::Test;
///
/// # struct Ring;
/// struct Clock;
///
/// #[handlers]
/// impl Clock {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         context.after(Duration::from_secs(3600), Ring);
///     }
///
///     fn ring(&mut self, _: Ring, context: &mut Context<Self>) {
///         context.complete(Ack {});
///     }
/// }
///
/// let mut test = Test::new(Clock);
/// test.pass(Duration::from_secs(3600));
/// assert_eq!(test.completed().value(), Some(&Ack {}));
/// ```
pub struct Test<O: Object> {
    runtime: LocalRuntime,
    mailbox: Rc<Mailbox<O>>,
    life: JoinHandle<Completion>,
}

impl<O: Object> Test<O> {
    /// Starts an object. Without a handler for [`Start`] it waits for messages, and does not listen.
    ///
    /// # Panics
    ///
    /// When the operating system has no room for one more event queue.
    pub fn new(object: O) -> Self {
        Self::create(|| object)
    }

    /// The same for an object that is made by what objects use, such as timers.
    ///
    /// # Panics
    ///
    /// When the operating system has no room for one more event queue.
    pub fn create(make: impl FnOnce() -> O) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(blocking::THREADS)
            .start_paused(true)
            .build_local(LocalOptions::default())
            .expect("the system has room for an event queue");
        record::kept::begin();
        let (mailbox, life) = runtime.block_on(async {
            let identity = Identity::create(record::short_name::<O>(), Identity::PROCESS);
            let http = Rc::new(HttpSettings::default());
            let mailbox = Mailbox::new(identity, make(), Parent::PROCESS, http);
            mailbox.tell_essential(Identity::PROCESS, Start, |_, _| {});
            let life = Life::new(Rc::clone(&mailbox), Readiness::Nobody);
            (mailbox, spawn_local(life.live()))
        });
        Self {
            runtime,
            mailbox,
            life,
        }
    }

    /// Lets time be that of the clock, for an object that asks somebody outside of the test:
    /// when it jumps, answers that are on their way come too late.
    #[must_use]
    pub fn in_real_time(self) -> Self {
        self.runtime.block_on(async { tokio::time::resume() });
        self
    }

    /// Where the object can be reached, by a future that [`Test::run`] is given.
    pub fn address(&self) -> Address<O> {
        Address::new(Rc::clone(&self.mailbox))
    }

    /// Creates another object, as if the one under test had.
    pub fn beside<C: Object>(&self, object: C) -> Address<C> {
        let begin = async { life::begin(object, &self.mailbox) };
        Address::new(self.runtime.block_on(begin))
    }

    /// Sends the object a message, and gives what its handler replies.
    ///
    /// # Errors
    ///
    /// What the handler refused with, or that there was no answer in time.
    pub fn ask<M: 'static>(
        &mut self,
        message: M,
    ) -> Result<<O::Reply as IntoReply>::Message, Faulted>
    where
        O: Handler<M>,
    {
        let ask = self.address().ask(message);
        self.run(ask)
    }

    /// Sends the object a message, and lets it do all that follows from it at once.
    pub fn send<M: 'static>(&mut self, message: M) -> Delivery
    where
        O: Handler<M>,
    {
        let delivery = self.address().send(message);
        self.pass(Duration::ZERO);
        delivery
    }

    /// Lets time pass, with all that happens in it.
    pub fn pass(&mut self, time: Duration) {
        // Time only moves on when nothing is left to do.
        let time = time.max(Duration::from_millis(1));
        self.run(async { tokio::time::sleep(time).await });
    }

    /// Runs a future beside the object, to its end.
    pub fn run<F: Future>(&mut self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The state that the object is in, as the record shows it.
    pub fn state(&self) -> Option<&'static str> {
        self.mailbox.identity().state()
    }

    /// What was recorded on this thread since the test began, the last lines of it if there are
    /// very many: `! Door[OPEN] - text`.
    pub fn record(&self) -> Vec<String> {
        record::kept::lines()
    }

    /// Asks the object to stop, and gives what it completed with.
    pub fn stop(self) -> Completed {
        self.mailbox.stop(Identity::PROCESS, crate::Stop);
        self.completed()
    }

    /// Waits until the object completes by itself, and gives what it completed with.
    ///
    /// # Panics
    ///
    /// When it does not in a day, which is over at once when nothing is left to do.
    pub fn completed(self) -> Completed {
        let life = async { timeout(COMPLETION_TIME, self.life).await };
        let completion = self.runtime.block_on(life).expect("the object completes");
        let completion = completion.expect("an object's life is not cut short");
        Completed::new(ObjectId::of(self.mailbox.identity()), completion)
    }
}

impl<O: Object> fmt::Debug for Test<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Test")
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}
