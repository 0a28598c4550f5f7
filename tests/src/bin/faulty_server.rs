//! A server with everything that can go wrong in the author's own code.

use std::process::ExitCode;
use std::time::Duration;

use ansar::prelude::*;

/// Panics in its handler.
#[message]
struct Panic;

/// Panics in work that its reply waits for.
#[message]
struct PanicLater;

/// Panics in a handler that no client waits for.
#[message]
struct PanicByTimer;

/// The message of that timer.
struct Elapsed;

/// Completes the object with a value.
#[message]
struct Finish {
    value: f64,
}

/// Completes the object with a fault.
#[message]
struct Fail;

/// Says something of every weight.
#[message]
struct Talk;

#[message]
struct Output {
    value: f64,
}

struct Faulty {
    ignores_stop: bool,
}

impl Program for Faulty {
    type Settings = Settings;
    type Api = (Panic, PanicLater, PanicByTimer, Finish, Fail, Talk);

    fn create(settings: Settings) -> Self {
        assert!(!settings.panic_early, "the constructor was told to");
        Self {
            ignores_stop: settings.ignore_stop,
        }
    }
}

#[handlers]
impl Faulty {
    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        if !self.ignores_stop {
            context.complete(Aborted {});
        }
    }

    fn panic(&mut self, _: Panic) {
        panic!("the handler was told to");
    }

    fn panic_later(&mut self, _: PanicLater) -> Later<Ack> {
        Later::new(async { panic!("the work was told to") })
    }

    fn panic_by_timer(&mut self, _: PanicByTimer, context: &mut Context<Self>) {
        context.after(Duration::ZERO, Elapsed);
    }

    fn elapsed(&mut self, _: Elapsed) {
        panic!("the timer was told to");
    }

    fn finish(&mut self, Finish { value }: Finish, context: &mut Context<Self>) -> Output {
        context.complete(Output { value });
        Output { value }
    }

    fn fail(&mut self, _: Fail, context: &mut Context<Self>) {
        context.complete(Faulted::failed("cannot go on", "it was told not to"));
    }

    fn talk(&mut self, _: Talk) {
        fault!("one {}", 1);
        warning!("two");
        console!("three");
        trace!("four");
        debug!("five");
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
    /// Panic in the constructor
    panic_early: bool,
    /// Do nothing when asked to stop
    ignore_stop: bool,
}

fn main() -> ExitCode {
    ansar::run::<Faulty>(Settings::default())
}
