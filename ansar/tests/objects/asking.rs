//! Messages and their answers.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use ansar::{all, both, first};

#[message]
struct Add {
    x: i64,
    y: i64,
}

#[message]
struct Sum {
    value: i64,
}

/// Adds, after a while.
struct Adder {
    delay: Duration,
}

#[handlers]
impl Adder {
    fn add(&mut self, Add { x, y }: Add) -> Later<Sum> {
        let delay = self.delay;
        Later::new(async move {
            ansar::sleep(delay).await;
            Sum { value: x + y }
        })
    }
}

/// Asks for `x + x + y + y`, by three questions of which two are asked at once.
#[message]
struct Double {
    x: i64,
    y: i64,
}

struct Doubler {
    adder: Option<Address<Adder>>,
}

#[handlers]
impl Doubler {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let delay = Duration::from_secs(1);
        self.adder = Some(context.create(Adder { delay }));
    }

    fn double(&mut self, Double { x, y }: Double) -> Later<Result<Sum, Faulted>> {
        let adder = self.adder.clone().expect("it has started");
        let questions = both(adder.ask(Add { x, y: x }), adder.ask(Add { x: y, y }));
        Later::new(async move {
            let (first, second) = questions.await;
            let (x, y) = (first?.value, second?.value);
            adder.ask(Add { x, y }).await
        })
    }
}

#[test]
fn an_object_asks_others_and_answers_later() {
    let mut test = Test::new(Doubler { adder: None });
    assert_eq!(test.ask(Double { x: 1, y: 2 }), Ok(Sum { value: 6 }));
}

#[test]
fn transactions_interleave() {
    let mut test = Test::new(Doubler { adder: None });
    test.pass(Duration::ZERO);
    let address = test.address();
    let questions = (0..1000).map(|x| address.ask(Double { x, y: 0 }));
    let (sums, took) = test.run(async {
        let begin = tokio::time::Instant::now();
        (all(questions).await, begin.elapsed())
    });
    let expected: Vec<_> = (0..1000).map(|x| Ok(Sum { value: 2 * x })).collect();
    assert_eq!(sums, expected);
    assert!(took < Duration::from_millis(2100), "{took:?}");
}

#[test]
fn no_answer_in_time_is_a_fault() {
    let delay = Duration::from_mins(1);
    let mut test = Test::new(Adder { delay });
    let fault = test.ask(Add { x: 1, y: 2 }).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot get an answer to Add (none came within 10s)"
    );
    let ask = test.address().ask(Add { x: 1, y: 2 }).within(delay * 2);
    assert_eq!(test.run(ask), Ok(Sum { value: 3 }));
}

#[test]
fn the_first_answer_counts() {
    let delay = Duration::from_secs(5);
    let mut test = Test::new(Adder { delay });
    let address = test.address();
    let questions = [1, 9].map(|limit| {
        let ask = address.ask(Add { x: limit, y: 0 });
        ask.within(Duration::from_secs(limit.unsigned_abs()))
    });
    assert_eq!(test.run(first(questions)), Ok(Sum { value: 9 }));
}

#[test]
fn a_question_that_is_given_up_is_not_worked_on_any_more() {
    let delay = Duration::from_secs(5);
    let mut test = Test::new(Adder { delay });
    let ask = test.address().ask(Add { x: 1, y: 2 });
    let fault = test.run(ask.within(Duration::from_secs(1))).unwrap_err();
    assert_eq!(fault.status(), 504);
    test.pass(delay);
    let sent = test.record().iter().any(|line| line.contains("Sent Sum"));
    assert!(!sent, "{:#?}", test.record());
}
