//! Messages that an object sends itself when the time has come.

use std::rc::{Rc, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::mailbox::Mailbox;
use crate::object::{Handler, Object};

/// The shortest interval of a repeating timer: the resolution of the clock that it runs by.
const INTERVAL_LEAST: Duration = Duration::from_millis(1);

/// The longest, some thirty years: beyond it, the clock cannot say when the next tick is.
const INTERVAL_MOST: Duration = Duration::from_hours(24 * 365 * 30);

/// A timer that runs. It ends with its object; dropping this leaves it running.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::prelude::*;
///
/// # struct TooLate;
/// #[derive(Default)]
/// struct Waiter {
///     timer: Option<Timer>,
/// }
///
/// #[handlers]
/// impl Waiter {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         self.timer = Some(context.after(Duration::from_secs(30), TooLate));
///     }
///
///     fn closed(&mut self, _: Closed) {
///         if let Some(timer) = &self.timer {
///             timer.cancel();
///         }
///     }
///
///     fn too_late(&mut self, _: TooLate) {}
/// }
/// ```
#[derive(Debug)]
pub struct Timer {
    task: AbortHandle,
}

impl Timer {
    /// Ends it. A message that is waiting to be handled already is still handled.
    pub fn cancel(&self) {
        self.task.abort();
    }

    /// Whether it has neither ended nor been cancelled.
    pub fn is_running(&self) -> bool {
        !self.task.is_finished()
    }

    pub(crate) fn once<O: Handler<M>, M: 'static>(
        mailbox: &Rc<Mailbox<O>>,
        delay: Duration,
        message: M,
    ) -> Self {
        let target = Rc::downgrade(mailbox);
        // The time counts from now, not from when the task has its first turn.
        let elapsed = sleep(delay);
        let task = mailbox.run(async move {
            elapsed.await;
            deliver(&target, message);
        });
        Self { task }
    }

    /// A tick that is late does not make the next ones late, and of ticks that were missed
    /// altogether one is made up for.
    pub(crate) fn repeating<O: Handler<M>, M: Clone + 'static>(
        mailbox: &Rc<Mailbox<O>>,
        interval: Duration,
        message: M,
    ) -> Self {
        let target = Rc::downgrade(mailbox);
        let interval = interval.clamp(INTERVAL_LEAST, INTERVAL_MOST);
        let mut ticks = interval_at(Instant::now() + interval, interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let task = mailbox.run(async move {
            loop {
                ticks.tick().await;
                deliver(&target, message.clone());
            }
        });
        Self { task }
    }
}

fn deliver<O: Object + Handler<M>, M: 'static>(mailbox: &Weak<Mailbox<O>>, message: M) {
    if let Some(mailbox) = mailbox.upgrade() {
        mailbox.return_to(message);
    }
}
