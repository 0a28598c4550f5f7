//! Connections are used again, up to a limit, and calls wait for them.

use std::sync::mpsc;
use std::time::Duration;

use ansar::{Ask, all};
use futures_util::FutureExt;

use crate::scene::{Multiply, Output, Scene, Told};
use crate::server::{OUTPUT, Server, response};

fn multiply(scene: &Scene) -> Ask<Output> {
    scene.remote.ask(Multiply { x: 1.5, y: 2.25 })
}

#[test]
fn one_connection_carries_one_call_after_the_other() {
    let server = Server::answering(OUTPUT);
    let scene = Scene::connect(server.address);
    for _ in 0..20 {
        assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    }
    assert_eq!(server.accepted(), 1);
}

#[test]
fn calls_at_once_share_as_many_connections_as_are_allowed() {
    let server = Server::answering(OUTPUT);
    let mut scene = Scene::connect(server.address);
    scene.remote = scene.remote.clone().with_connections(3);
    for _ in 0..3 {
        let answers = scene.run(all((0..50).map(|_| multiply(&scene))));
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
    assert!(
        (2..=3).contains(&server.accepted()),
        "{}",
        server.accepted()
    );
}

#[test]
fn answers_may_be_awaited_in_any_order() {
    let server = Server::answering(OUTPUT);
    let scene = Scene::connect(server.address);
    let asks: Vec<_> = (0..200).map(|_| multiply(&scene)).collect();
    for ask in asks.into_iter().rev() {
        assert!(scene.run(ask).is_ok());
    }
    assert!(server.accepted() <= 64, "{}", server.accepted());
}

#[test]
fn when_too_many_wait_the_next_is_refused_at_once() {
    let server = Server::start(|mut client| client.gone());
    let scene = Scene::connect(server.address);
    assert_eq!(scene.told(), Told::Connected);
    let remote = scene.remote.clone().with_connections(1);
    let multiply = || remote.ask::<Output>(Multiply::default());
    let mut waiting: Vec<_> = (0..=1024).map(|_| multiply()).collect();
    let fault = scene.run(multiply()).unwrap_err();
    assert_eq!(fault.status(), 503);
    let expected = format!(
        "cannot send Multiply to \"{}\" (1024 calls wait for a connection already: try again later)",
        server.address
    );
    assert_eq!(fault.to_string(), expected);
    // One that is given up makes room for another.
    drop(waiting.pop());
    scene.run(async {
        while multiply().now_or_never().is_some() {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_call_that_is_given_up_makes_room_for_one_that_waits() {
    let (asked, is_asked) = mpsc::channel();
    let server = Server::start(move |mut client| {
        client.request();
        if client.number < 2 {
            asked.send(()).expect("the test waits");
        } else {
            client.write(OUTPUT);
        }
        client.gone();
    });
    let mut scene = Scene::connect(server.address);
    scene.remote = scene.remote.clone().with_connections(2);
    let (first, _second) = (multiply(&scene), multiply(&scene));
    scene.wait(&is_asked);
    scene.wait(&is_asked);
    let third = multiply(&scene);
    drop(first);
    assert_eq!(scene.run(third), Ok(Output { value: 3.375 }));
}

/// Answers the first request of the first connection, and closes it without an answer to the
/// second one; answers all others.
fn closing_once() -> Server {
    Server::start(|mut client| {
        let mut count = 0;
        while client.request().is_some() {
            count += 1;
            if client.number == 0 && count == 2 {
                return;
            }
            client.write(&response("200 OK", "7"));
        }
    })
}

#[test]
fn what_only_reads_is_sent_again_when_the_server_had_closed() {
    let server = closing_once();
    let scene = Scene::connect(server.address);
    for _ in 0..3 {
        assert_eq!(scene.run(scene.remote.get::<u8>("/seven")), Ok(7));
    }
    assert_eq!(server.accepted(), 2);
}

#[test]
fn what_changes_something_is_not_sent_again() {
    let server = closing_once();
    let scene = Scene::connect(server.address);
    assert_eq!(scene.run(scene.remote.post::<u8>("/seven", &())), Ok(7));
    let fault = scene
        .run(scene.remote.post::<u8>("/seven", &()))
        .unwrap_err();
    assert_eq!(fault.status(), 502);
    assert_eq!(scene.run(scene.remote.post::<u8>("/seven", &())), Ok(7));
}

#[test]
fn what_only_reads_is_sent_again_once_and_not_for_ever() {
    let server = Server::start(|mut client| {
        client.request();
        if client.number == 0 {
            client.write(&response("200 OK", "7"));
            client.request();
        }
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.run(scene.remote.get::<u8>("/seven")), Ok(7));
    let fault = scene.run(scene.remote.get::<u8>("/seven")).unwrap_err();
    assert_eq!(
        fault.explanation(),
        "connection closed before message completed"
    );
}

#[test]
fn a_server_that_closes_after_each_answer_is_connected_to_each_time() {
    let (closed, closing) = mpsc::channel();
    let server = Server::start(move |mut client| {
        if client.request().is_some() {
            client.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n7");
            drop(client);
            let _ = closed.send(());
        }
    });
    let scene = Scene::connect(server.address);
    for _ in 0..5 {
        assert_eq!(scene.run(scene.remote.post::<u8>("/seven", &())), Ok(7));
        scene.wait(&closing);
    }
    assert!(server.accepted() >= 5);
}

#[test]
fn what_is_idle_for_long_is_closed_but_for_the_last_one() {
    let (gone, is_gone) = mpsc::channel();
    let server = Server::start(move |mut client| {
        while client.request().is_some() {
            client.write(OUTPUT);
        }
        gone.send(()).expect("the test waits");
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.told(), Told::Connected);
    let answers = scene.run(all((0..3).map(|_| multiply(&scene))));
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let accepted = server.accepted();
    scene.run(async {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(31)).await;
        tokio::time::resume();
    });
    for _ in 1..accepted {
        scene.wait(&is_gone);
    }
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    assert_eq!(server.accepted(), accepted);
}
