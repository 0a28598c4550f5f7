//! Many calls at once, which are sent ahead of the answers to others.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Running;
use ansar::{all, sleep};

use crate::scene::{Divide, Multiply, Output, Scene};

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

/// Rounds of many calls: in the first ones, the connections are made.
const ROUNDS: usize = 20;

#[test]
fn every_one_of_many_calls_at_once_has_its_own_answer() {
    let server = Running::start::<Calculator>(Settings::default());
    let scene = Scene::connect(server.address());
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
    let scene = Scene::connect(server.address());
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
    let scene = Scene::connect(server.address());
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
