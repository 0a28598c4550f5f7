//! Messages when the time has come.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Ring(&'static str);

#[message]
struct Heard;

/// Rings, and when since the beginning, in milliseconds.
#[message]
struct Rings {
    names: Vec<String>,
    times: Vec<u64>,
}

#[message]
struct Snooze;

#[message]
struct Cancel;

#[message]
struct Running {
    is_running: bool,
}

#[message]
struct IsRunning;

/// What an alarm does when it begins.
type Set = fn(&mut Context<Alarm>) -> Timer;

struct Alarm {
    set: Set,
    begin: Instant,
    timer: Option<Timer>,
    names: Vec<String>,
    times: Vec<u64>,
}

impl Alarm {
    fn test(set: Set) -> Test<Self> {
        Test::create(|| Self {
            set,
            begin: Instant::now(),
            timer: None,
            names: Vec::new(),
            times: Vec::new(),
        })
    }
}

#[handlers]
impl Alarm {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        self.timer = Some((self.set)(context));
    }

    fn ring(&mut self, Ring(name): Ring) {
        self.names.push(name.into());
        let elapsed = self.begin.elapsed().as_millis();
        self.times.push(elapsed.try_into().unwrap());
    }

    fn heard(&mut self, _: Heard) -> Rings {
        Rings {
            names: self.names.clone(),
            times: self.times.clone(),
        }
    }

    fn cancel(&mut self, _: Cancel) {
        self.timer.as_ref().unwrap().cancel();
    }

    fn snooze(&mut self, _: Snooze, context: &mut Context<Self>) {
        self.timer.as_ref().unwrap().cancel();
        self.timer = Some(context.after(2 * SECOND, Ring("snoozed")));
    }

    fn is_running(&mut self, _: IsRunning) -> Running {
        let is_running = self.timer.as_ref().unwrap().is_running();
        Running { is_running }
    }
}

fn times(test: &mut Test<Alarm>) -> Vec<u64> {
    test.ask(Heard).unwrap().times
}

#[test]
fn a_timer_rings_once_and_never_early() {
    let mut test = Alarm::test(|context| context.after(SECOND, Ring("once")));
    test.pass(Duration::from_millis(990));
    assert!(times(&mut test).is_empty());
    assert!(test.ask(IsRunning).unwrap().is_running);
    test.pass(10 * SECOND);
    let times = times(&mut test);
    assert!(matches!(times.as_slice(), [1000..=1002]), "{times:?}");
    assert!(!test.ask(IsRunning).unwrap().is_running);
}

#[test]
fn timers_of_one_object_ring_in_the_order_of_their_times() {
    let mut test = Alarm::test(|context| {
        context.after(3 * SECOND, Ring("late"));
        context.after(Duration::ZERO, Ring("at once"));
        context.after(SECOND, Ring("early"))
    });
    test.pass(4 * SECOND);
    assert_eq!(test.ask(Heard).unwrap().names, ["at once", "early", "late"]);
}

#[test]
fn a_repeating_timer_does_not_drift() {
    let mut test = Alarm::test(|context| context.every(SECOND, Ring("tick")));
    test.pass(1000 * SECOND + SECOND / 2);
    let times = times(&mut test);
    assert_eq!(times.len(), 1000);
    assert!((1_000_000..=1_000_002).contains(times.last().unwrap()));
}

#[test]
fn of_ticks_that_were_missed_one_is_made_up_for() {
    let mut test = Alarm::test(|context| context.every(SECOND, Ring("tick")));
    test.pass(Duration::ZERO);
    // As if the machine had been asleep: nobody has a turn for five seconds and a half.
    test.run(async { tokio::time::advance(5 * SECOND + SECOND / 2).await });
    test.pass(Duration::ZERO);
    test.pass(SECOND);
    let times = times(&mut test);
    assert!(
        matches!(times.as_slice(), [5500..=5502, 6000..=6002]),
        "{times:?}"
    );
}

#[test]
fn an_interval_of_nothing_is_a_millisecond() {
    let mut test = Alarm::test(|context| context.every(Duration::ZERO, Ring("tick")));
    test.pass(Duration::from_millis(100));
    assert!((95..=102).contains(&times(&mut test).len()));
}

#[test]
fn a_timer_for_all_times_does_not_ring() {
    let mut test = Alarm::test(|context| {
        context.after(Duration::MAX, Ring("never"));
        context.every(Duration::MAX, Ring("never"))
    });
    test.pass(1000 * SECOND);
    assert!(times(&mut test).is_empty());
    assert!(test.ask(IsRunning).unwrap().is_running);
}

#[test]
fn a_timer_that_is_cancelled_does_not_ring() {
    let mut test = Alarm::test(|context| context.every(SECOND, Ring("tick")));
    test.pass(SECOND + SECOND / 2);
    test.send(Cancel);
    test.pass(10 * SECOND);
    assert_eq!(times(&mut test).len(), 1);
    assert!(!test.ask(IsRunning).unwrap().is_running);
}

#[test]
fn a_timer_is_restarted_by_another_one() {
    let mut test = Alarm::test(|context| context.after(SECOND, Ring("first")));
    test.pass(SECOND / 2);
    test.send(Snooze);
    test.pass(10 * SECOND);
    let rings = test.ask(Heard).unwrap();
    assert_eq!(rings.names, ["snoozed"]);
    assert!(rings.times[0] >= 2500, "{rings:?}");
}

/// Tells how it rings, to see what it does after its end.
struct Bell;

#[handlers]
impl Bell {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        context.every(SECOND, Ring("bell"));
    }

    fn ring(&mut self, _: Ring) {
        console!("Rings");
    }
}

#[test]
fn a_timer_ends_with_its_object() {
    let mut test = Alarm::test(|context| context.after(SECOND, Ring("once")));
    let bell = test.beside(Bell);
    test.pass(2 * SECOND + SECOND / 2);
    bell.stop();
    test.pass(10 * SECOND);
    let record = test.record();
    let rings = record.iter().filter(|line| *line == "^ Bell - Rings");
    assert_eq!(rings.count(), 2);
}

/// Asks for how late a timer is, in microseconds.
#[message]
struct Measure;

#[message]
struct Late {
    microseconds: u64,
}

struct Elapsed {
    due: Instant,
    promise: Promise<Late>,
}

/// Measures by the clock of the machine.
struct Clock;

#[handlers]
impl Clock {
    fn measure(&mut self, _: Measure, context: &mut Context<Self>) -> Later<Late> {
        let (promise, late) = Later::promise();
        let delay = Duration::from_millis(20);
        let due = Instant::now() + delay;
        context.after(delay, Elapsed { due, promise });
        late
    }

    fn elapsed(&mut self, Elapsed { due, promise }: Elapsed) {
        let late = Instant::now().checked_duration_since(due);
        let late = late.expect("a timer is never early").as_micros();
        promise.keep(Late {
            microseconds: late.try_into().unwrap(),
        });
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

impl Program for Clock {
    type Settings = Settings;
    type Api = (Measure,);

    fn create(_: Settings) -> Self {
        Self
    }
}

#[test]
fn in_real_time_a_timer_is_never_early_and_hardly_late() {
    let server = ansar::test::Running::start::<Clock>(Settings::default());
    let late = || -> u64 {
        let response = server.get("/Measure");
        assert_eq!(response.status, 200, "{}", response.body);
        let digits = response.body.chars().filter(char::is_ascii_digit);
        digits.collect::<String>().parse().unwrap()
    };
    // The machine may have better things to do, but not each time.
    let least = (0..20).map(|_| late()).min().unwrap();
    assert!(least < 10_000, "{least} microseconds");
}
