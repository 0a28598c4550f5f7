//! Replies that come later, or at once, or never.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;

#[message]
struct Get {
    key: String,
}

#[message]
struct Value {
    text: String,
}

#[message]
struct Put {
    text: String,
}

#[message]
struct Forget;

#[message]
struct Wanted;

#[message]
struct Count {
    count: usize,
}

/// Answers those who ask when it is told the value.
#[derive(Default)]
struct Shelf {
    value: Option<String>,
    waiting: Vec<Promise<Value>>,
}

#[handlers]
impl Shelf {
    fn get(&mut self, Get { key }: Get) -> Result<Later<Value>, Faulted> {
        if key.is_empty() {
            return Err(Faulted::rejected("cannot get", "the key is empty"));
        }
        if let Some(text) = self.value.clone() {
            return Ok(Later::now(Value { text }));
        }
        let (promise, later) = Later::promise();
        self.waiting.push(promise);
        Ok(later)
    }

    fn put(&mut self, Put { text }: Put) {
        for promise in self.waiting.drain(..) {
            promise.keep(Value { text: text.clone() });
        }
        self.value = Some(text);
    }

    fn forget(&mut self, _: Forget) {
        self.waiting.clear();
    }

    fn wanted(&mut self, _: Wanted) -> Count {
        let wanted = self.waiting.iter().filter(|promise| promise.is_wanted());
        Count {
            count: wanted.count(),
        }
    }
}

fn get() -> Get {
    Get { key: "a".into() }
}

#[test]
fn a_promise_that_is_kept_answers() {
    let mut test = Test::new(Shelf::default());
    let ask = test.address().ask(get());
    let found = String::from("found");
    test.send(Put {
        text: found.clone(),
    });
    let expected = Ok(Value { text: found });
    assert_eq!(test.run(ask), expected);
    // And now at once.
    assert_eq!(test.ask(get()), expected);
}

#[test]
fn a_request_may_be_refused_at_once_by_a_handler_that_replies_later() {
    let mut test = Test::new(Shelf::default());
    let fault = test.ask(Get::default()).unwrap_err();
    assert_eq!(fault.to_string(), "cannot get (the key is empty)");
    assert_eq!(fault.status(), 400);
}

#[test]
fn a_promise_that_is_dropped_answers_with_a_fault() {
    let mut test = Test::new(Shelf::default());
    let ask = test.address().ask(get());
    test.send(Forget);
    let fault = test.run(ask).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot give the reply (whoever had promised it is gone)"
    );
}

#[test]
fn a_promise_knows_whether_somebody_waits() {
    let mut test = Test::new(Shelf::default());
    let ask = test.address().ask(get());
    assert_eq!(test.ask(Wanted), Ok(Count { count: 1 }));
    drop(ask);
    assert_eq!(test.ask(Wanted), Ok(Count { count: 0 }));
    // Too late, and nobody minds.
    test.send(Put::default());
}

#[test]
fn a_fault_that_nobody_waits_for_is_recorded() {
    let mut test = Test::new(Shelf::default());
    test.send(get());
    test.send(Get::default());
    test.send(Forget);
    let record = test.record();
    let warnings: Vec<&str> = record
        .iter()
        .filter_map(|line| line.strip_prefix("? Shelf - Get was answered by "))
        .collect();
    let expected = [
        "a fault that nobody waits for: cannot get (the key is empty)",
        "a fault that nobody waits for: cannot give the reply (whoever had promised it is gone)",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn a_promise_that_an_object_still_has_when_it_ends_answers_with_a_fault() {
    let mut test = Test::new(Shelf::default());
    let other = test.beside(Shelf::default());
    let ask = other.ask(get()).within(Duration::from_mins(1));
    other.stop();
    let fault = test.run(ask).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot ask Get (the object completed before it had answered)"
    );
}
