//! Workers that share the work.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use ansar::{Forwarded, all};

#[message]
struct Work {
    /// What the worker does with it.
    manner: String,
}

#[message]
struct Done {
    /// Which worker has done it.
    worker: usize,
}

/// Takes a second for each thing.
struct Worker {
    number: usize,
}

#[derive(Clone)]
struct Rest;

#[handlers]
impl Worker {
    fn work(&mut self, Work { manner }: Work, context: &mut Context<Self>) -> Later<Done> {
        match manner.as_str() {
            "complete" => context.complete(Ack {}),
            "rest" => drop(context.after(Duration::from_secs(5), Rest)),
            "panic" => panic!("the worker was told to"),
            _ => {}
        }
        let worker = self.number;
        Later::new(async move {
            ansar::sleep(Duration::from_secs(1)).await;
            Done { worker }
        })
    }

    fn rest(&mut self, _: Rest, context: &mut Context<Self>) {
        context.complete(Ack {});
    }
}

/// Has two workers, with room for three to wait.
struct Factory {
    pool: Option<Pool<Worker>>,
    made: Rc<Cell<usize>>,
    /// The worker whose constructor panics.
    broken: Option<usize>,
}

impl Factory {
    fn new(broken: Option<usize>) -> Self {
        Self {
            pool: None,
            made: Rc::default(),
            broken,
        }
    }

    fn pool(&self) -> &Pool<Worker> {
        self.pool.as_ref().expect("it has started")
    }
}

#[handlers]
impl Factory {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let (made, broken) = (Rc::clone(&self.made), self.broken);
        self.pool = Some(context.create_pool(2, 3, move || {
            let number = made.replace(made.get() + 1);
            assert_ne!(Some(number), broken, "the constructor was told to");
            Worker { number }
        }));
    }

    fn work(&mut self, work: Work) -> Later<Forwarded<Worker, Work>> {
        self.pool().forward(work)
    }

    fn lend(&mut self, Lend(borrower): Lend) {
        borrower.set(self.pool.clone());
    }
}

fn work(manner: &str) -> Work {
    Work {
        manner: manner.into(),
    }
}

fn elapsed<R>(
    test: &mut Test<Factory>,
    code: impl FnOnce(&mut Test<Factory>) -> R,
) -> (R, Duration) {
    let begin = test.run(async { tokio::time::Instant::now() });
    let result = code(test);
    let took = test.run(async move { begin.elapsed() });
    (result, took)
}

/// Has so many things done at once, and gives which worker has done each, or the status.
fn at_once(test: &mut Test<Factory>, count: usize) -> Vec<Result<usize, u16>> {
    let address = test.address();
    let asks = (0..count).map(|_| address.ask(work("")));
    let answers = test.run(all(asks));
    let status = |fault: Faulted| fault.status();
    answers
        .into_iter()
        .map(|answer| answer.map(|done| done.worker).map_err(status))
        .collect()
}

#[test]
fn each_worker_does_one_thing_at_a_time() {
    let mut test = Test::new(Factory::new(None));
    let (workers, took) = elapsed(&mut test, |test| at_once(test, 5));
    assert_eq!(workers, [Ok(0), Ok(1), Ok(0), Ok(1), Ok(0)]);
    assert_eq!(took.as_secs(), 3, "{took:?}");
}

#[test]
fn one_too_many_is_refused_at_once() {
    let mut test = Test::new(Factory::new(None));
    let workers = at_once(&mut test, 6);
    assert_eq!(workers[5], Err(503));
    assert!(workers[..5].iter().all(Result::is_ok));
    let warning =
        "? Factory - Overloaded, cannot take Work (3 wait for a worker already: try again later)";
    let record = test.record();
    assert!(record.iter().any(|line| line == warning), "{record:#?}");
    // And it recovers.
    assert!(at_once(&mut test, 5).iter().all(Result::is_ok));
}

#[test]
fn what_waits_is_dropped_when_whoever_asked_has_gone() {
    let mut test = Test::new(Factory::new(None));
    let address = test.address();
    let first = [(); 2].map(|()| address.ask(work("")));
    let given_up = [(); 3].map(|()| address.ask(work("")));
    test.pass(Duration::ZERO);
    drop(given_up);
    let (done, took) = elapsed(&mut test, |test| {
        test.run(all(first));
        test.ask(work(""))
    });
    assert!(done.is_ok());
    assert!(took < Duration::from_millis(2500), "{took:?}");
}

#[test]
fn a_worker_that_has_completed_is_replaced() {
    let mut test = Test::new(Factory::new(None));
    assert_eq!(test.ask(work("complete")), Ok(Done { worker: 0 }));
    let workers = at_once(&mut test, 3);
    assert_eq!(workers, [Ok(1), Ok(2), Ok(1)]);
}

#[test]
fn a_worker_that_completes_while_it_is_idle_is_replaced() {
    let mut test = Test::new(Factory::new(None));
    assert_eq!(test.ask(work("rest")), Ok(Done { worker: 0 }));
    test.pass(Duration::from_secs(10));
    assert_eq!(at_once(&mut test, 3), [Ok(1), Ok(2), Ok(1)]);
}

#[test]
fn a_worker_that_panics_goes_on() {
    let mut test = Test::new(Factory::new(None));
    let fault = test.ask(work("panic")).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot handle Work (the handler panicked)"
    );
    assert_eq!(at_once(&mut test, 3), [Ok(1), Ok(0), Ok(1)]);
}

#[test]
fn a_constructor_that_panics_costs_one_answer_and_no_worker() {
    let mut test = Test::new(Factory::new(Some(2)));
    test.ask(work("complete")).unwrap();
    test.ask(work("complete")).unwrap();
    let fault = test.ask(work("")).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot create Worker (its constructor panicked)"
    );
    let (workers, took) = elapsed(&mut test, |test| at_once(test, 4));
    assert_eq!(workers, [Ok(3), Ok(4), Ok(3), Ok(4)]);
    assert_eq!(took.as_secs(), 2);
}

/// Uses the pool of somebody else.
struct Guest {
    pool: Pool<Worker>,
}

#[handlers]
impl Guest {
    fn work(&mut self, work: Work) -> Later<Forwarded<Worker, Work>> {
        self.pool.forward(work)
    }
}

/// Asks for the pool, which is put there.
struct Lend(Rc<Cell<Option<Pool<Worker>>>>);

#[test]
fn a_pool_ends_with_the_object_that_has_made_it() {
    let mut test = Test::new(Factory::new(None));
    let made = Rc::default();
    let (owner, pool) = lent(&mut test, &made);
    let guest = test.beside(Guest { pool });
    let asks = [(); 5].map(|()| guest.ask(work("")).within(Duration::MAX));
    test.pass(Duration::from_millis(500));
    owner.stop();
    // What the workers do is done; what waits for them is told that there are none.
    let answers = test.run(all(asks));
    let statuses: Vec<u16> = answers
        .iter()
        .map(|answer| answer.as_ref().map_or_else(Faulted::status, |_| 200))
        .collect();
    assert_eq!(statuses[..2], [200, 200]);
    assert_eq!(statuses[3..], [503, 503]);
    let fault = test.run(guest.ask(work(""))).unwrap_err();
    assert_eq!(fault.to_string(), "cannot ask Work (the pool has ended)");
    assert_eq!(made.get(), 2);
}

/// The pool of another object, and that object.
fn lent(test: &mut Test<Factory>, made: &Rc<Cell<usize>>) -> (Address<Factory>, Pool<Worker>) {
    let made = Rc::clone(made);
    let owner = test.beside(Factory {
        made,
        ..Factory::new(None)
    });
    let borrower = Rc::new(Cell::new(None));
    owner.send(Lend(Rc::clone(&borrower)));
    test.pass(Duration::ZERO);
    (owner, borrower.take().expect("it has started"))
}
