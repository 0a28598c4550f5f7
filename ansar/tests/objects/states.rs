//! States, and messages that wait for another one.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;

#[states]
enum Condition {
    Closed,
    HalfOpen,
    Open,
}

#[message]
struct Enter {
    name: String,
}

#[message]
struct Entered {
    /// Who has entered so far.
    names: Vec<String>,
}

#[message]
struct Push;

#[message]
struct Knock;

#[message]
struct Answer {
    text: String,
}

/// Lets nobody in unless it is open, and has them wait so long.
struct Door {
    condition: Condition,
    names: Vec<String>,
}

impl Door {
    fn new() -> Self {
        let condition = Condition::Closed;
        let names = Vec::new();
        Self { condition, names }
    }
}

#[handlers(state = self.condition, mailbox = 4)]
impl Door {
    fn push(&mut self, _: Push) {
        self.condition = match self.condition {
            Condition::Closed => Condition::HalfOpen,
            Condition::HalfOpen => Condition::Open,
            Condition::Open => Condition::Closed,
        };
    }

    fn enter(&mut self, enter: Enter, context: &mut Context<Self>) -> Later<Entered> {
        if self.condition != Condition::Open {
            return context.defer(enter);
        }
        self.names.push(enter.name);
        let names = self.names.clone();
        Later::now(Entered { names })
    }

    fn knock(&mut self, knock: Knock, context: &mut Context<Self>) -> Later<Answer> {
        match self.condition {
            Condition::Closed => context.defer(knock),
            Condition::HalfOpen | Condition::Open => panic!("somebody was behind the door"),
        }
    }
}

fn enter(name: &str) -> Enter {
    Enter { name: name.into() }
}

#[test]
fn the_record_shows_the_state_with_the_name() {
    let mut test = Test::new(Door::new());
    assert_eq!(test.state(), Some("CLOSED"));
    test.send(Push);
    assert_eq!(test.state(), Some("HALF_OPEN"));
    test.send(Push);
    let record = test.record();
    let received = record.iter().filter(|line| line.contains("Received Push"));
    let received: Vec<&String> = received.collect();
    assert_eq!(
        received,
        [
            "< Door[CLOSED] - Received Push from <00000001>",
            "< Door[HALF_OPEN] - Received Push from <00000001>",
        ]
    );
}

#[test]
fn what_is_deferred_is_handled_in_its_order_and_answered_to_whoever_asked() {
    let mut test = Test::new(Door::new());
    let address = test.address();
    let first = address.ask(enter("first"));
    let second = address.ask(enter("second"));
    test.pass(Duration::ZERO);
    // They defer once more in between.
    test.send(Push);
    test.send(Push);
    let last = address.ask(enter("last"));
    let names = |answer: Result<Entered, Faulted>| answer.unwrap().names.join(" ");
    assert_eq!(names(test.run(first)), "first");
    assert_eq!(names(test.run(second)), "first second");
    assert_eq!(names(test.run(last)), "first second last");
}

#[test]
fn what_is_deferred_keeps_its_place_before_what_comes_later() {
    let mut test = Test::new(Door::new());
    let address = test.address();
    let first = address.ask(enter("first"));
    test.pass(Duration::ZERO);
    address.send(Push);
    address.send(Push);
    // It waits already when the door opens.
    let last = address.ask(enter("last"));
    assert_eq!(test.run(last).unwrap().names, ["first", "last"]);
    assert_eq!(test.run(first).unwrap().names, ["first"]);
}

#[test]
fn as_many_are_deferred_as_may_wait() {
    let mut test = Test::new(Door::new());
    let address = test.address();
    let mut asks = Vec::new();
    for name in ["a", "b", "c", "d"] {
        asks.push(address.ask(enter(name)));
        test.pass(Duration::ZERO);
    }
    let fault = test.ask(enter("e")).unwrap_err();
    assert_eq!(fault.status(), 503);
    let refused = "? Door[CLOSED] - Overloaded, 4 messages wait: refused Enter from <00000001>";
    let record = test.record();
    assert!(record.iter().any(|line| line == refused), "{record:#?}");
}

/// Moves on every ten seconds, however many wait.
struct Gate {
    condition: Condition,
    /// How often it is told to tick, if at all.
    ticks: Option<Duration>,
}

impl Gate {
    fn new(ticks: Option<Duration>) -> Self {
        let condition = Condition::Closed;
        Self { condition, ticks }
    }
}

#[derive(Clone)]
struct Tick;

#[handlers(state = self.condition, mailbox = 2)]
impl Gate {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        context.every(Duration::from_secs(10), Push);
        if let Some(interval) = self.ticks {
            context.every(interval, Tick);
        }
    }

    fn tick(&mut self, tick: Tick, context: &mut Context<Self>) -> Later<Ack> {
        context.defer(tick)
    }

    fn enter(&mut self, enter: Enter, context: &mut Context<Self>) -> Later<Entered> {
        match self.condition {
            Condition::Open => Later::now(Entered::default()),
            Condition::Closed | Condition::HalfOpen => context.defer(enter),
        }
    }

    fn push(&mut self, _: Push) {
        self.condition = match self.condition {
            Condition::Closed => Condition::HalfOpen,
            Condition::HalfOpen | Condition::Open => Condition::Open,
        };
    }
}

#[test]
fn an_object_cannot_defer_its_own_timers_without_limit() {
    let mut test = Test::new(Gate::new(Some(Duration::from_secs(1))));
    test.pass(Duration::from_millis(5500));
    let record = test.record();
    let refused = record.iter().filter(|line| {
        line.ends_with("Overloaded, 2 messages wait for another state: refused Tick")
    });
    assert_eq!(refused.count(), 3, "{record:#?}");
}

#[test]
fn all_that_were_deferred_may_be_deferred_again() {
    let mut test = Test::new(Gate::new(None));
    let address = test.address();
    let asks = [(); 2].map(|()| address.ask(enter("a")).within(Duration::MAX));
    test.pass(Duration::from_secs(15));
    assert_eq!(test.state(), Some("HALF_OPEN"));
    assert_eq!(test.ask(enter("b")).unwrap_err().status(), 503);
    test.pass(Duration::from_secs(10));
    assert_eq!(test.state(), Some("OPEN"));
    let entered = test.run(ansar::all(asks));
    assert!(entered.iter().all(Result::is_ok), "{entered:?}");
}

#[test]
fn what_is_deferred_when_its_object_completes_is_answered_at_once_by_a_fault() {
    let mut test = Test::new(Door::new());
    let other = test.beside(Door::new());
    let ask = other.ask(enter("late"));
    test.pass(Duration::ZERO);
    other.stop();
    let begin = test.run(async { tokio::time::Instant::now() });
    let fault = test.run(ask).unwrap_err();
    assert_eq!(fault.explanation(), "whoever had promised it is gone");
    let took = test.run(async move { begin.elapsed() });
    assert!(took < Duration::from_millis(10), "{took:?}");
    test.pass(Duration::ZERO);
    assert!(other.has_completed());
}

#[test]
fn what_is_deferred_is_dropped_when_nobody_waits_for_it_any_more() {
    let mut test = Test::new(Door::new());
    let impatient = test.address().ask(enter("impatient"));
    let patient = test.address().ask(enter("patient"));
    test.send(enter("indifferent"));
    drop(impatient);
    test.pass(Duration::ZERO);
    test.send(Push);
    test.send(Push);
    assert_eq!(test.run(patient).unwrap().names, ["patient"]);
    // Whoever sends wants no answer, and the message handled.
    let names = test.ask(enter("next")).unwrap().names;
    assert_eq!(names, ["patient", "indifferent", "next"]);
    let record = test.record();
    let dropped = record
        .iter()
        .find(|line| line.contains("Dropped Enter from "));
    assert!(dropped.is_some_and(|line| line.ends_with(", nobody waits for the answer")));
}

#[test]
fn a_handler_that_panics_when_a_message_has_its_turn_answers_with_a_fault() {
    let mut test = Test::new(Door::new());
    let knock = test.address().ask(Knock);
    test.pass(Duration::ZERO);
    test.send(Push);
    let fault = test.run(knock).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot handle Knock (the handler panicked)"
    );
    assert_eq!(test.ask(Push), Ok(Ack {}));
}
