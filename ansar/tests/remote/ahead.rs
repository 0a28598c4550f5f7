//! Many calls at once, which are sent ahead of the answers to others.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Running;
use ansar::{all, sleep};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::scene::{Divide, Multiply, Output, Scene};
use crate::server::{OUTPUT, Server};

/// Multiplies at once, and divides after a while.
struct Calculator;

impl Program for Calculator {
    type Settings = Settings;
    type Api = (Multiply, Divide);

    fn create(_settings: Settings) -> Self {
        Self
    }
}

#[handlers]
impl Calculator {
    fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
        Output { value: x * y }
    }

    fn divide(&mut self, Divide { x, y }: Divide) -> Later<Output> {
        Later::new(async move {
            sleep(Duration::from_millis(200)).await;
            Output { value: x / y }
        })
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

/// Begins to connect, and allows calls to be sent ahead.
fn connect(server: SocketAddr) -> Scene {
    let scene = Scene::connect(server);
    let _ = scene.remote.clone().with_calls_ahead();
    scene
}

/// Makes rounds of many calls at once, which all are to be answered. Each round has one more
/// than the last, so that there is always one for which no connection is idle.
fn ask_many(scene: &Scene) {
    let ask = |_| scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.25 });
    for round in 0..ROUNDS {
        for answer in scene.run(all((0..20 + round).map(ask))) {
            assert_eq!(answer, Ok(Output { value: 3.375 }));
        }
    }
}

/// Rounds of many calls: in the first ones, the connections are made.
const ROUNDS: usize = 20;

#[test]
fn every_one_of_many_calls_at_once_has_its_own_answer() {
    let server = Running::start::<Calculator>(Settings::default());
    let scene = connect(server.address());
    for _ in 0..ROUNDS {
        let asks = (0..50).map(|x| {
            scene.remote.ask::<Output>(Multiply {
                x: f64::from(x),
                y: 2.0,
            })
        });
        let answers = scene.run(all(asks));
        let expected: Vec<_> = (0..50)
            .map(|x| {
                Ok(Output {
                    value: 2.0 * f64::from(x),
                })
            })
            .collect();
        assert_eq!(answers, expected);
    }
}

#[test]
fn a_call_that_takes_long_does_not_hold_up_those_that_come_later() {
    let server = Running::start::<Calculator>(Settings::default());
    let scene = connect(server.address());
    scene.run(async {
        for _ in 0..ROUNDS {
            let asks = (0..10).map(|_| scene.remote.ask::<Output>(Multiply { x: 1.0, y: 2.0 }));
            all(asks).await;
        }
        let mut slow = std::pin::pin!(scene.remote.ask::<Output>(Divide { x: 3.0, y: 2.0 }));
        // What is asked within two milliseconds may be behind it; this is asked later.
        sleep(Duration::from_millis(10)).await;
        tokio::select! {
            biased;
            _ = &mut slow => panic!("it has held up the other one"),
            answer = scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.0 }) => {
                assert_eq!(answer, Ok(Output { value: 3.0 }));
            }
        }
        assert_eq!(slow.await, Ok(Output { value: 1.5 }));
    });
}

#[test]
fn calls_in_progress_are_faults_when_the_server_ends_and_others_are_answered_again() {
    let mut server = Running::start::<Calculator>(Settings::default());
    let scene = connect(server.address());
    let port = server.address().port();
    let ask = |x: f64| scene.remote.ask::<Output>(Multiply { x, y: 2.0 });
    for round in 0..5 {
        let answers = scene.run(all((0..20).map(|_| ask(1.5))));
        assert!(answers.iter().all(Result::is_ok), "{round}: {answers:?}");
        drop(server);
        let answers = scene.run(all((0..20).map(|_| ask(1.5))));
        let status =
            |answer: &Result<Output, Faulted>| answer.as_ref().map_err(Faulted::status).err();
        let refused = |answer| matches!(status(answer), Some(502 | 503));
        assert!(answers.iter().all(refused), "{round}: {answers:?}");
        server = Running::start::<Calculator>(Settings {
            port,
            ..Settings::default()
        });
        scene.run(async {
            while ask(1.5).await.is_err() {
                sleep(Duration::from_millis(5)).await;
            }
        });
    }
}

#[test]
fn what_the_server_says_it_has_not_handled_is_sent_once_more() {
    let was_closed = Arc::new(AtomicBool::new(false));
    let closes = Arc::clone(&was_closed);
    let server = Server::start(move |mut client| {
        while client.request().is_some() {
            if client.has_another() && !closes.swap(true, Ordering::SeqCst) {
                client.write(&OUTPUT.replacen("\r\n", "\r\nconnection: close\r\n", 1));
                return;
            }
            client.write(OUTPUT);
        }
    });
    let scene = connect(server.address);
    ask_many(&scene);
    assert!(was_closed.load(Ordering::SeqCst), "nothing was sent ahead");
}

#[test]
fn when_the_last_clone_is_dropped_all_connections_are_closed() {
    let (gone, is_gone) = mpsc::channel();
    let server = Server::start(move |mut client| {
        while client.request().is_some() {
            client.write(OUTPUT);
        }
        gone.send(()).expect("the test waits");
    });
    let scene = connect(server.address);
    ask_many(&scene);
    let connections = server.accepted();
    let object = scene.without_remote();
    // Long before any of them would be closed because it is idle.
    let all_gone = async {
        for _ in 0..connections {
            while is_gone.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
        }
    };
    let gone = object.run(async { timeout(Duration::from_secs(5), all_gone).await });
    gone.expect("none is kept");
}

#[test]
fn when_the_object_has_completed_nobody_waits_for_an_answer() {
    let server = Server::answering(OUTPUT);
    let scene = connect(server.address);
    ask_many(&scene);
    let ask = scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.25 });
    scene.complete();
    let status = |answer: Result<Output, Faulted>| answer.map_err(|fault| fault.status());
    let answer = status(scene.run(ask));
    assert!(
        matches!(answer, Ok(_) | Err(502 | 503)),
        "it has waited: {answer:?}"
    );
    assert_eq!(status(scene.multiply(1.5)), Err(503));
}

/// Multiplies at once, and divides a number only when it has multiplied it.
struct Patient {
    multiplied: watch::Sender<f64>,
}

impl Program for Patient {
    type Settings = Settings;
    type Api = (Multiply, Divide);

    fn create(_settings: Settings) -> Self {
        let (multiplied, _) = watch::channel(0.0);
        Self { multiplied }
    }
}

#[handlers]
impl Patient {
    fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
        self.multiplied.send_replace(x);
        Output { value: x * y }
    }

    fn divide(&mut self, Divide { x, y }: Divide) -> Later<Output> {
        let mut multiplied = self.multiplied.subscribe();
        Later::new(async move {
            let outcome = multiplied.wait_for(|last| last.total_cmp(&x).is_eq()).await;
            outcome.expect("the server lives");
            Output { value: x / y }
        })
    }
}

#[test]
fn unless_it_is_allowed_a_call_does_not_wait_for_the_answers_to_others() {
    let server = Running::start::<Patient>(Settings::default());
    let scene = Scene::connect(server.address());
    for round in 0..ROUNDS {
        let ask = |_| scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.0 });
        let _ = scene.run(all((0..20 + round).map(ask)));
    }
    let answers = scene.run(ansar::both(
        scene.remote.ask::<Output>(Divide { x: 3.0, y: 2.0 }),
        scene.remote.ask::<Output>(Multiply { x: 3.0, y: 2.0 }),
    ));
    let output = |value| Ok(Output { value });
    assert_eq!(answers, (output(1.5), output(6.0)));
}
