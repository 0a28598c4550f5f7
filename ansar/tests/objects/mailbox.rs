//! The limit of what waits for an object.

use std::time::Duration;

use ansar::Delivery;
use ansar::prelude::*;
use ansar::test::Test;

#[message]
struct Work;

#[message]
struct Done {
    works: usize,
}

#[derive(Clone)]
struct Tick;

/// Takes three things at once, and an hour for each.
#[derive(Default)]
struct Slow {
    works: usize,
}

#[handlers(mailbox = 3)]
impl Slow {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        context.after(Duration::from_secs(1), Tick);
        context.create(Short);
    }

    fn work(&mut self, _: Work) -> Later<Done> {
        self.works += 1;
        let works = self.works;
        Later::new(async move {
            ansar::sleep(Duration::from_hours(1)).await;
            Done { works }
        })
    }

    fn tick(&mut self, _: Tick) {
        console!("Tick");
    }

    fn completed(&mut self, _: Completed) {
        console!("Short has completed");
    }
}

/// Completes after two seconds.
struct Short;

#[handlers]
impl Short {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        context.after(Duration::from_secs(2), Tick);
    }

    fn tick(&mut self, _: Tick, context: &mut Context<Self>) {
        context.complete(Ack {});
    }
}

const LONG: Duration = Duration::from_hours(2);

#[test]
fn one_message_too_many_is_refused_at_once_and_recorded() {
    let mut test = Test::new(Slow::default());
    test.pass(Duration::ZERO);
    let address = test.address();
    let asks = [Work, Work, Work].map(|work| address.ask(work).within(LONG));
    assert_eq!(address.send(Work), Delivery::Overloaded);
    let fault = test.run(address.ask(Work)).unwrap_err();
    assert_eq!(fault.status(), 503);
    assert_eq!(
        fault.to_string(),
        "cannot take Work (3 messages wait already: try again later)"
    );
    let line = "? Slow - Overloaded, 3 messages wait: refused Work from <00000001>";
    let recorded = test.record().iter().filter(|found| *found == line).count();
    assert_eq!(recorded, 2);
    // Nothing that was taken is lost.
    let works: Vec<usize> = test
        .run(ansar::all(asks))
        .into_iter()
        .map(|done| done.unwrap().works)
        .collect();
    assert_eq!(works, [1, 2, 3]);
}

#[test]
fn an_object_that_has_caught_up_takes_messages_again() {
    let mut test = Test::new(Slow::default());
    test.pass(Duration::ZERO);
    let address = test.address();
    let asks = [Work, Work, Work].map(|work| address.ask(work).within(LONG));
    // Waiting to be answered counts as much as waiting to be handled.
    test.pass(Duration::from_secs(1));
    assert_eq!(address.send(Work), Delivery::Overloaded);
    test.run(ansar::all(asks));
    let ask = address.ask(Work).within(LONG);
    assert_eq!(test.run(ask), Ok(Done { works: 4 }));
}

#[test]
fn timers_completions_and_stop_get_through_to_an_object_that_is_overloaded() {
    let mut test = Test::new(Slow::default());
    test.pass(Duration::ZERO);
    let address = test.address();
    let _asks = [Work, Work, Work].map(|work| address.ask(work).within(LONG));
    test.pass(Duration::from_secs(3));
    assert_eq!(address.send(Work), Delivery::Overloaded);
    let record = test.record();
    for line in ["^ Slow - Tick", "^ Slow - Short has completed"] {
        assert!(record.iter().any(|found| found == line), "{record:#?}");
    }
    let aborted = test.stop();
    assert_eq!(aborted.fault().unwrap().condition, "aborted");
}
