//! The end of an object, and who hears of it.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;

#[message]
struct Sum {
    value: i64,
}

/// How a worker ends.
#[derive(Clone, Copy)]
enum End {
    Value,
    Fault,
    Panic,
}

/// Ends as soon as it has started.
struct Worker {
    end: End,
}

#[handlers]
impl Worker {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        match self.end {
            End::Value => context.complete(Sum { value: 3 }),
            End::Fault => context.complete(Faulted::failed("cannot add", "out of numbers")),
            End::Panic => panic!("the worker was told to"),
        }
    }
}

#[message]
struct Report;

#[message]
struct Ends {
    texts: Vec<String>,
}

/// Creates workers, and keeps how they end.
#[derive(Default)]
struct Master {
    adder: Option<Address<Worker>>,
    texts: Vec<String>,
}

#[handlers]
impl Master {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        self.adder = Some(context.create(Worker { end: End::Value }));
        context.create(Worker { end: End::Fault });
        context.create(Worker { end: End::Panic });
    }

    fn completed(&mut self, completed: Completed) {
        let is_adder = self.adder.as_ref().map(Address::id) == Some(completed.object());
        let sum = completed.value::<Sum>().map(|sum| sum.value);
        let fault = completed.fault().map(ToString::to_string);
        assert!(completed.value::<Ack>().is_none());
        self.texts.push(format!("{is_adder} {sum:?} {fault:?}"));
    }

    fn report(&mut self, _: Report) -> Ends {
        Ends {
            texts: self.texts.clone(),
        }
    }
}

#[test]
fn an_object_hears_how_those_that_it_created_complete() {
    let mut test = Test::new(Master::default());
    test.pass(Duration::ZERO);
    let expected = [
        "true Some(3) None",
        r#"false None Some("cannot add (out of numbers)")"#,
        r#"false None Some("cannot handle Start (the handler panicked)")"#,
    ];
    assert_eq!(test.ask(Report).unwrap().texts, expected);
}

#[test]
fn what_an_object_completes_with_is_its_value() {
    let completed = Test::new(Worker { end: End::Value }).completed();
    assert_eq!(completed.value(), Some(&Sum { value: 3 }));
    assert!(completed.fault().is_none());
    let completed = Test::new(Worker { end: End::Fault }).completed();
    assert!(completed.value::<Faulted>().is_none());
    assert_eq!(completed.fault().unwrap().condition, "cannot add");
}

#[test]
fn an_object_without_a_handler_for_stop_completes_as_aborted() {
    let completed = Test::new(Master::default()).stop();
    let fault = completed.fault().unwrap();
    assert_eq!(fault.to_string(), "aborted (user or software interrupt)");
}

/// Asks the object to say something later, and to end before.
#[message]
struct Leave;

#[message]
struct Said;

/// Ends with words for itself, and an answer that is not there yet.
struct Leaver;

#[message]
struct LastWords;

#[handlers]
impl Leaver {
    fn leave(&mut self, _: Leave, context: &mut Context<Self>) -> Later<Said> {
        context.complete(Ack {});
        context.address().send(LastWords);
        Later::new(async {
            ansar::sleep(Duration::from_secs(3)).await;
            Said
        })
    }

    fn last_words(&mut self, _: LastWords) {
        console!("Last words");
    }
}

#[test]
fn what_is_in_progress_is_answered_before_the_end() {
    let mut test = Test::new(Leaver);
    assert_eq!(test.ask(Leave), Ok(Said));
    let record = test.record();
    let end: Vec<&str> = record.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(
        end,
        ["X Leaver - Destroyed", "> Leaver - Sent Said to <00000001>"]
    );
    assert!(test.completed().fault().is_none());
}

/// Ends, and has something to do before.
struct Tidy;

#[handlers]
impl Tidy {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        context.complete(Ack {});
        context.address().send(LastWords);
    }

    fn last_words(&mut self, _: LastWords) {
        console!("Last words");
    }
}

#[test]
fn what_an_object_sent_itself_before_it_completed_is_handled() {
    let mut test = Test::new(Leaver);
    for _ in 0..20 {
        test.beside(Tidy);
    }
    test.pass(Duration::ZERO);
    let record = test.record();
    let said = record.iter().filter(|line| *line == "^ Tidy - Last words");
    assert_eq!(said.count(), 20, "{record:#?}");
}

/// Never answers.
struct Mute;

#[handlers]
impl Mute {
    fn leave(&mut self, _: Leave) -> Later<Said> {
        Later::new(std::future::pending())
    }
}

#[test]
fn an_answer_that_does_not_come_holds_up_the_end_for_so_long_only() {
    let mut test = Test::new(Master::default());
    let mute = test.beside(Mute);
    let ask = mute.ask(Leave).within(Duration::MAX);
    test.pass(Duration::ZERO);
    mute.stop();
    let begin = test.run(async { tokio::time::Instant::now() });
    let fault = test.run(ask).unwrap_err();
    let took = test.run(async move { begin.elapsed() });
    assert_eq!(
        fault.explanation(),
        "the object completed before it had answered"
    );
    assert_eq!(took.as_secs(), 10);
    let warning = "? Mute - Did not end in order within 10s";
    assert!(test.record().iter().any(|line| line == warning));
}

/// Cannot start, or stop, without a fault.
struct Failing {
    starts: bool,
}

#[handlers]
impl Failing {
    fn start(&mut self, _: Start, context: &mut Context<Self>) -> Result<(), Faulted> {
        if self.starts {
            return Ok(());
        }
        // The fault is what it completes with: whoever says more does not change that.
        context.address().send(Leave);
        Err(Faulted::failed("cannot start", "there is no fuel"))
    }

    fn stop(&mut self, _: Stop) -> Result<(), Faulted> {
        Err(Faulted::failed("cannot stop", "the brakes are broken"))
    }

    fn leave(&mut self, _: Leave, context: &mut Context<Self>) {
        context.complete(Ack {});
        context.complete(Faulted::failed("cannot leave", "twice"));
    }
}

#[test]
fn a_start_or_stop_that_replies_with_a_fault_ends_the_object_with_it() {
    let completed = Test::new(Failing { starts: false }).completed();
    let fault = completed.fault().unwrap().to_string();
    assert_eq!(fault, "cannot start (there is no fuel)");
    let completed = Test::new(Failing { starts: true }).stop();
    let fault = completed.fault().unwrap().to_string();
    assert_eq!(fault, "cannot stop (the brakes are broken)");
}

/// Finds out later that it cannot start, or stop.
struct Hesitant {
    starts: bool,
}

#[handlers]
impl Hesitant {
    fn start(&mut self, _: Start) -> Later<Result<(), Faulted>> {
        let starts = self.starts;
        Later::new(async move {
            ansar::sleep(Duration::from_secs(1)).await;
            if starts {
                return Ok(());
            }
            Err(Faulted::failed("cannot start", "there is no fuel"))
        })
    }

    fn stop(&mut self, _: Stop) -> Later<Result<(), Faulted>> {
        Later::new(async {
            ansar::sleep(Duration::from_secs(1)).await;
            Err(Faulted::failed("cannot stop", "the brakes are broken"))
        })
    }

    fn leave(&mut self, _: Leave) {}
}

#[test]
fn a_start_or_stop_that_is_answered_later_by_a_fault_ends_the_object_too() {
    let completed = |test: &mut Test<Hesitant>| {
        test.pass(Duration::from_secs(2));
        let leave = test.ask(Leave);
        leave.is_err_and(|fault| fault.explanation() == "the object has completed")
    };
    let mut test = Test::new(Hesitant { starts: false });
    assert!(completed(&mut test));
    let fault = test.completed().fault().unwrap().to_string();
    assert_eq!(fault, "cannot start (there is no fuel)");
    let mut test = Test::new(Hesitant { starts: true });
    assert!(!completed(&mut test));
    test.address().stop();
    assert!(completed(&mut test));
    let fault = test.completed().fault().unwrap().to_string();
    assert_eq!(fault, "cannot stop (the brakes are broken)");
}

#[test]
#[should_panic(expected = "the object completes")]
fn a_test_does_not_wait_for_ever_for_an_object_that_does_not_complete() {
    let _ = Test::new(Failing { starts: true }).completed();
}

#[test]
fn an_object_completes_once() {
    let mut test = Test::new(Failing { starts: true });
    test.ask(Leave).unwrap();
    assert_eq!(test.completed().value(), Some(&Ack {}));
}
