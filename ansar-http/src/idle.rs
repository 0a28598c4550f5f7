//! When an idle connection goes: after too long, or when the server stops.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::futures::OwnedNotified;

use crate::stop::Stop;
use crate::timer::Timer;

/// Why an idle connection goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It was idle too long.
    TooLong,
    /// The server stops.
    Stopped,
}

/// Watches over a connection that waits for its next request.
///
/// It registers once with the timer and with the signal, and then leaves them alone: a wait
/// costs two looks at memory. When the timer fires, and there were requests since it was
/// set, it is set again.
#[derive(Debug)]
pub(crate) struct Idle {
    stop: Stop,
    limit: Duration,
    alarm: Option<Alarm>,
}

/// What wakes an idle connection.
#[derive(Debug)]
struct Alarm {
    timer: Timer,
    stopped: Pin<Box<OwnedNotified>>,
    /// Who is woken by both.
    waker: Waker,
    /// How many requests there had been when the timer was set.
    requests: u64,
}

impl Idle {
    pub(crate) fn new(stop: Stop, limit: Duration) -> Self {
        Self {
            stop,
            limit,
            alarm: None,
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_requested()
    }

    /// Waits for a reason to go, after so many requests.
    #[inline]
    pub(crate) fn poll_leave(&mut self, requests: u64, cx: &mut Context<'_>) -> Poll<Leave> {
        if self.stop.is_requested() {
            return Poll::Ready(Leave::Stopped);
        }
        match &self.alarm {
            Some(alarm) if alarm.stands(cx) => Poll::Pending,
            _ => self.poll_alarm(requests, cx),
        }
    }

    #[cold]
    fn poll_alarm(&mut self, requests: u64, cx: &mut Context<'_>) -> Poll<Leave> {
        let alarm = self.alarm.get_or_insert_with(|| Alarm {
            timer: Timer::new(self.limit),
            stopped: Box::pin(self.stop.notified()),
            waker: cx.waker().clone(),
            requests,
        });
        alarm.waker.clone_from(cx.waker());
        if alarm.stopped.as_mut().poll(cx).is_ready() || self.stop.is_requested() {
            return Poll::Ready(Leave::Stopped);
        }
        while alarm.timer.poll_over(cx).is_ready() {
            if alarm.requests == requests {
                return Poll::Ready(Leave::TooLong);
            }
            alarm.requests = requests;
            alarm.timer.restart();
        }
        Poll::Pending
    }
}

impl Alarm {
    /// Whether the alarm has not gone off, and would wake the task that asks.
    fn stands(&self, cx: &Context<'_>) -> bool {
        !self.timer.is_over() && self.waker.will_wake(cx.waker())
    }
}
