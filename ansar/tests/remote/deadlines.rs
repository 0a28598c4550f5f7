//! Calls that are given up do not harm those that come after them.

use std::sync::mpsc;
use std::time::Duration;

use crate::scene::{Multiply, Output, Scene, Told};
use crate::server::{OUTPUT, Server};

/// Never answers the first client; tells when it has asked, and when it has gone. Answers the
/// others.
fn silent_at_first() -> (Server, mpsc::Receiver<()>) {
    let (told, is_told) = mpsc::channel();
    let server = Server::start(move |mut client| {
        if client.number == 0 {
            client.request();
            told.send(()).expect("the test waits");
            client.gone();
            told.send(()).expect("the test waits");
        }
        while client.request().is_some() {
            client.write(OUTPUT);
        }
    });
    (server, is_told)
}

#[test]
fn a_call_that_takes_too_long_is_a_fault_and_its_connection_is_closed() {
    let (server, is_told) = silent_at_first();
    let scene = Scene::connect(server.address);
    let ask = scene.remote.ask::<Output>(Multiply::default());
    let fault = scene
        .run(ask.within(Duration::from_millis(20)))
        .unwrap_err();
    assert_eq!(fault.status(), 504);
    assert_eq!(
        fault.to_string(),
        "cannot get an answer to Multiply (none came within 20ms)"
    );
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    scene.wait(&is_told);
    scene.wait(&is_told);
    assert_eq!(scene.told(), Told::Connected);
    assert_eq!(scene.told(), Told::Closed("by this side".to_owned()));
}

#[test]
fn a_deadline_of_another_kind_of_call_names_its_target() {
    let (server, _is_told) = silent_at_first();
    let scene = Scene::connect(server.address);
    let ask = scene.remote.get::<u8>("/seven");
    let fault = scene
        .run(ask.within(Duration::from_millis(20)))
        .unwrap_err();
    assert_eq!(fault.condition(), "cannot get an answer to GET /seven");
}

#[test]
fn a_call_that_is_dropped_closes_its_connection() {
    let (server, is_told) = silent_at_first();
    let scene = Scene::connect(server.address);
    let ask = scene.remote.ask::<Output>(Multiply::default());
    scene.wait(&is_told);
    drop(ask);
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    scene.wait(&is_told);
}

#[test]
fn a_call_that_was_dropped_while_it_waited_is_not_sent() {
    let (sender, requests) = mpsc::channel();
    let server = Server::start(move |mut client| {
        while let Some(request) = client.request() {
            sender.send(request).unwrap();
            client.write(OUTPUT);
        }
    });
    let scene = Scene::connect(server.address);
    drop(scene.remote.ask::<Output>(Multiply { x: 7.0, y: 7.0 }));
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    let request = scene.wait(&requests);
    assert!(request.ends_with(r#"{"x":1.5,"y":2.0}"#), "{request:?}");
}
