//! Work that blocks, away from the thread of the objects.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use ansar::{all, blocking};

#[message]
struct Square {
    x: i64,
}

#[message]
struct Output {
    value: i64,
}

#[message]
struct Begin {
    x: i64,
}

#[message]
struct Read;

#[message]
struct Break;

/// What comes of the work.
struct Squared(Result<i64, Faulted>);

#[derive(Default)]
struct Calculator {
    value: i64,
    fault: Option<Faulted>,
}

fn square(x: i64) -> (i64, thread::ThreadId) {
    (x * x, thread::current().id())
}

#[handlers]
impl Calculator {
    fn square(&mut self, Square { x }: Square) -> Later<Result<Output, Faulted>> {
        Later::new(async move {
            let (value, thread) = blocking(move || square(x)).await?;
            assert_ne!(thread, thread::current().id());
            Ok(Output { value })
        })
    }

    fn begin(&mut self, Begin { x }: Begin, context: &mut Context<Self>) {
        context.spawn(async move { Squared(blocking(move || square(x).0).await) });
    }

    fn squared(&mut self, Squared(outcome): Squared) {
        match outcome {
            Ok(value) => self.value = value,
            Err(fault) => self.fault = Some(fault),
        }
    }

    fn break_it(&mut self, _: Break, context: &mut Context<Self>) {
        context.spawn(async {
            let work = blocking(|| -> i64 { panic!("the work was told to") });
            Squared(work.await)
        });
    }

    fn read(&mut self, _: Read) -> Result<Output, Faulted> {
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(Output { value: self.value }),
        }
    }
}

/// Waits for what other threads do. Time cannot tell: it stands still meanwhile.
fn finished(test: &mut Test<Calculator>, is_finished: impl Fn(&mut Test<Calculator>) -> bool) {
    while !is_finished(test) {
        test.run(blocking(|| ())).unwrap();
    }
}

#[test]
fn blocking_work_is_done_on_another_thread_and_answered_later() {
    let mut test = Test::new(Calculator::default());
    assert_eq!(test.ask(Square { x: 12 }), Ok(Output { value: 144 }));
}

#[test]
fn the_outcome_of_work_may_come_back_as_a_message() {
    let mut test = Test::new(Calculator::default());
    test.ask(Begin { x: 5 }).unwrap();
    finished(&mut test, |test| test.ask(Read) == Ok(Output { value: 25 }));
}

#[test]
fn work_that_panics_is_a_fault() {
    let mut test = Test::new(Calculator::default());
    test.ask(Break).unwrap();
    finished(&mut test, |test| {
        let fault = test.ask(Read).err();
        fault.is_some_and(|fault| fault.to_string() == "cannot finish the work (it panicked)")
    });
    assert_eq!(test.ask(Square { x: 2 }), Ok(Output { value: 4 }));
}

/// Has work begin, without waiting for it.
fn begin<F: Future>(test: &mut Test<Calculator>, mut work: Pin<&mut F>) {
    test.run(poll_fn(|context| {
        assert!(work.as_mut().poll(context).is_pending());
        Poll::Ready(())
    }));
}

/// Work that waits to be released.
fn held(release: Receiver<()>) -> impl FnOnce() + Send {
    move || {
        let _ = release.recv();
    }
}

/// Works that wait to be released, and what releases them when it is dropped.
fn held_works(
    count: usize,
) -> (
    Vec<Sender<()>>,
    Vec<impl Future<Output = Result<(), Faulted>>>,
) {
    (0..count)
        .map(|_| channel())
        .map(|(release, released)| (release, blocking(held(released))))
        .unzip()
}

#[test]
fn too_much_work_is_refused_at_once() {
    let mut test = Test::new(Calculator::default());
    let (release, works) = held_works(1024);
    let mut works = Box::pin(all(works));
    begin(&mut test, works.as_mut());
    let fault = test.run(blocking(|| ())).unwrap_err();
    assert_eq!(fault.status(), 503);
    let reason = "1024 pieces wait already: try again later";
    assert_eq!(fault.explanation(), reason);
    drop(release);
    let all_done = test.run(works).into_iter().all(|done| done.is_ok());
    assert!(all_done);
    assert_eq!(test.run(blocking(|| 1)), Ok(1));
}

#[test]
fn work_that_nobody_waits_for_counts_until_it_has_ended() {
    let mut test = Test::new(Calculator::default());
    let (release, released) = channel();
    let (ended, is_ended) = channel();
    let mut work = Box::pin(blocking(move || {
        ended.send("begun").unwrap();
        held(released)();
        drop(ended);
    }));
    begin(&mut test, work.as_mut());
    assert_eq!(is_ended.recv(), Ok("begun"));
    drop(work);
    // 1023 have room beside it, and no more.
    let (others, works) = held_works(1023);
    let mut works = Box::pin(all(works));
    begin(&mut test, works.as_mut());
    assert_eq!(test.run(blocking(|| ())).unwrap_err().status(), 503);
    drop(others);
    drop(release);
    assert!(is_ended.recv_timeout(Duration::from_secs(10)).is_err());
}
