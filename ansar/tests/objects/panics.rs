//! Panics in every kind of place: they end neither the object nor its creator, whoever asked
//! is told, and the record says where.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::{Running, Test};

/// Where to panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Constructor,
    Start,
    Stop,
    Handler,
    Later,
    Timer,
    Work,
    Drop,
}

#[message]
struct Go;

#[message]
struct Ping;

#[derive(Clone)]
struct Tick;

struct Outcome;

struct Fragile {
    place: Option<Place>,
}

impl Fragile {
    fn new(place: Place) -> Self {
        let fragile = Self { place: Some(place) };
        fragile.pass(Place::Constructor);
        fragile
    }

    fn pass(&self, place: Place) {
        assert_ne!(self.place, Some(place), "it was told to");
    }
}

#[handlers]
impl Fragile {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        self.pass(Place::Start);
        context.after(Duration::from_secs(1), Tick);
    }

    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        self.pass(Place::Stop);
        context.complete(Ack {});
    }

    fn go(&mut self, _: Go, context: &mut Context<Self>) -> Later<Ack> {
        self.pass(Place::Handler);
        let Self { place } = *self;
        context.spawn(async move {
            assert_ne!(place, Some(Place::Work), "it was told to");
            Outcome
        });
        Later::new(async move {
            ansar::sleep(Duration::from_secs(2)).await;
            assert_ne!(place, Some(Place::Later), "it was told to");
            Ack {}
        })
    }

    fn tick(&mut self, _: Tick) {
        self.pass(Place::Timer);
    }

    fn outcome(&mut self, _: Outcome) {
        console!("Outcome");
    }

    fn ping(&mut self, _: Ping) {}
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.pass(Place::Drop);
        }
    }
}

/// Creates a fragile object, and hears of its end.
struct Parent {
    place: Place,
    child: Option<Address<Fragile>>,
    fault: String,
}

#[message]
struct Create;

#[message]
struct Heard {
    fault: String,
}

#[message]
struct Hear;

#[handlers]
impl Parent {
    fn create(&mut self, _: Create, context: &mut Context<Self>) {
        self.child = Some(context.create(Fragile::new(self.place)));
    }

    fn go(&mut self, _: Go) -> Later<Result<Ack, Faulted>> {
        self.child
            .as_ref()
            .expect("it has been created")
            .forward(Go)
    }

    fn completed(&mut self, completed: Completed) {
        let fault = completed.fault().map(ToString::to_string);
        self.fault = fault.unwrap_or_default();
        assert_ne!(self.place, Place::Drop, "the handler of Completed");
    }

    fn hear(&mut self, _: Hear) -> Heard {
        let fault = self.fault.clone();
        Heard { fault }
    }
}

fn parent(place: Place) -> Test<Parent> {
    Test::new(Parent {
        place,
        child: None,
        fault: String::new(),
    })
}

/// How often the record says that an object with that name panicked for that reason.
fn panics<O: Object>(test: &Test<O>, name: &str, reason: &str) -> usize {
    let begin = format!("! {name} - panicked at ansar/tests/objects/panics.rs:");
    let record = test.record();
    let panics = record
        .iter()
        .filter(|line| line.starts_with(&begin) && line.contains(reason));
    panics.count()
}

#[test]
fn a_constructor_that_panics_is_a_fault_of_the_handler_that_calls_it() {
    let mut test = parent(Place::Constructor);
    let fault = test.ask(Create).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot handle Create (the handler panicked)"
    );
    assert_eq!(test.ask(Hear), Ok(Heard::default()));
    assert_eq!(panics(&test, "Parent", "it was told to"), 1);
}

#[test]
fn a_start_that_panics_ends_the_object_and_its_creator_hears_of_it() {
    let mut test = parent(Place::Start);
    test.ask(Create).unwrap();
    test.pass(Duration::ZERO);
    let fault = test.ask(Hear).unwrap().fault;
    assert_eq!(fault, "cannot handle Start (the handler panicked)");
    assert_eq!(test.ask(Go).unwrap_err().status(), 503);
    assert_eq!(panics(&test, "Fragile", "it was told to"), 1);
}

#[test]
fn a_stop_that_panics_ends_the_object_all_the_same() {
    let mut test = parent(Place::Start);
    let other = test.beside(Fragile {
        place: Some(Place::Stop),
    });
    other.stop();
    test.pass(Duration::ZERO);
    assert!(other.has_completed());
    let fault = test.ask(Hear).unwrap().fault;
    assert_eq!(fault, "cannot handle Stop (the handler panicked)");
}

#[test]
fn a_handler_that_panics_is_a_fault_of_its_message_only() {
    for (place, fault) in [
        (
            Place::Handler,
            Err("cannot handle Go (the handler panicked)".to_owned()),
        ),
        (
            Place::Later,
            Err("cannot handle Go (the handler panicked)".to_owned()),
        ),
        (Place::Timer, Ok(Ack {})),
        (Place::Work, Ok(Ack {})),
    ] {
        let mut test = Test::new(Fragile::new(place));
        let answer = test.ask(Go).map_err(|fault| fault.to_string());
        assert_eq!(answer, fault, "{place:?}");
        test.pass(Duration::from_secs(5));
        assert_eq!(test.ask(Ping), Ok(Ack {}), "{place:?}");
        assert_eq!(panics(&test, "Fragile", "it was told to"), 1, "{place:?}");
        assert_eq!(test.stop().value(), Some(&Ack {}), "{place:?}");
    }
}

#[test]
fn an_object_that_panics_when_it_is_dropped_has_completed_all_the_same() {
    let mut test = parent(Place::Drop);
    test.ask(Create).unwrap();
    let other = test.beside(Fragile::new(Place::Drop));
    other.stop();
    test.pass(Duration::ZERO);
    assert_eq!(panics(&test, "Fragile", "it was told to"), 1);
    // And so does whoever panics when it hears of it.
    assert_eq!(panics(&test, "Parent", "the handler of Completed"), 1);
    assert_eq!(test.ask(Hear), Ok(Heard::default()));
}

/// A program that panics whenever a client comes or goes.
struct Skittish;

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

impl Program for Skittish {
    type Settings = Settings;
    type Api = (Ping,);

    fn create(_: Settings) -> Self {
        Self
    }
}

#[handlers]
impl Skittish {
    fn accepted(&mut self, _: Accepted) {
        panic!("a client came");
    }

    fn closed(&mut self, _: Closed) {
        panic!("a client went");
    }

    fn ping(&mut self, _: Ping) {}
}

#[test]
fn an_object_that_panics_when_clients_come_and_go_serves_them() {
    let server = Running::start::<Skittish>(Settings::default());
    for _ in 0..3 {
        assert_eq!(server.get("/Ping").status, 200);
    }
}

/// A program whose sessions cannot be created every other time.
struct Host {
    settings: Settings,
}

/// Answers over one connection.
struct Session;

#[handlers]
impl Session {
    fn ping(&mut self, _: Ping) {}
}

impl Program for Host {
    type Settings = Settings;
    type Api = (Ping,);

    fn create(settings: Settings) -> Self {
        Self { settings }
    }
}

#[handlers]
impl Host {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let Settings { host, port } = self.settings.clone();
        let address = HostPort { host, port };
        let count = std::cell::Cell::new(0);
        context.listen_with_sessions::<(Ping,), Session>(address, move |_| {
            count.set(count.get() + 1);
            assert_ne!(count.get() % 2, 1, "the session cannot be created");
            Session
        });
    }

    fn ping(&mut self, _: Ping) {}
}

#[test]
fn a_session_that_cannot_be_created_costs_its_connection_only() {
    let server = Running::start::<Host>(Settings::default());
    for _ in 0..2 {
        let refused = catch_unwind(AssertUnwindSafe(|| server.get("/Ping")));
        assert!(refused.is_err());
        assert_eq!(server.get("/Ping").status, 200);
    }
}

/// A program that cannot be created.
struct Stillborn;

impl Program for Stillborn {
    type Settings = Settings;
    type Api = (Ping,);

    fn create(_: Settings) -> Self {
        panic!("it was told to")
    }
}

#[handlers]
impl Stillborn {
    fn ping(&mut self, _: Ping) {}
}

#[states]
enum Stage {
    Whole,
}

/// Has a state until it is broken.
struct Breakable {
    stages: Vec<Stage>,
}

#[handlers(state = self.stages[0])]
impl Breakable {
    fn go(&mut self, _: Go) {
        self.stages.clear();
    }

    fn ping(&mut self, _: Ping) {
        self.stages.push(Stage::Whole);
    }
}

#[test]
fn an_object_that_panics_when_its_state_is_looked_at_goes_on() {
    let stages = vec![Stage::Whole];
    let mut test = Test::new(Breakable { stages });
    assert_eq!(test.ask(Go).unwrap_err().status(), 500);
    assert_eq!(test.state(), Some("WHOLE"));
    assert_eq!(test.ask(Ping), Ok(Ack {}));
}

#[test]
fn a_program_that_cannot_be_created_is_not_waited_for() {
    let start = || Running::start::<Stillborn>(Settings::default());
    assert!(catch_unwind(start).is_err());
}
