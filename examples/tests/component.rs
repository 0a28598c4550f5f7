//! The component server between two real crunch servers, which come and go.

use ansar_tests::{Background, Session, get};
use nix::sys::signal::Signal;

const COMPONENT: &str = env!("CARGO_BIN_EXE_component");

fn crunch(session: &Session, port: u16) -> Background {
    session.serve(&format!("crunch_server --port={port}"))
}

fn component(session: &Session, left: u16, right: u16) -> Background {
    let server = |port| format!(r#"{{"host":"127.0.0.1","port":{port}}}"#);
    let (left, right) = (server(left), server(right));
    session.serve(&format!(
        "{COMPONENT} --port=0 --left={left} --right={right}"
    ))
}

/// Reads the record of a server up to a line with some text.
fn record_says(server: &mut Background, text: &str) {
    loop {
        let line = server.line();
        assert_ne!(line, "", "the record never says {text:?}");
        if line.contains(text) {
            return;
        }
    }
}

fn kill(crunch: Background) {
    let _ = crunch.stop(Signal::SIGKILL);
}

const MUL_DIV: &str = "/MulDiv?a=2&b=3&c=8&d=4";

fn assert_works(component: &Background) {
    for (target, value) in [(MUL_DIV, "8.0"), ("/DivMul?a=8&b=4&c=2&d=3", "8.0")] {
        let response = get(component.port, target);
        let expected = format!(r#"{{"value":["crunch_api.Output",{{"value":{value}}},[]]}}"#);
        assert_eq!((response.status, response.body), (200, expected));
    }
}

fn assert_cannot_reach(component: &Background, port: u16) {
    let response = get(component.port, MUL_DIV);
    let expected = format!(
        r#"{{"value":["ansar.Faulted",{{"condition":"cannot reach \"127.0.0.1:{port}\"","explanation":"[Errno 111] Connection refused"}},[]]}}"#
    );
    assert_eq!((response.status, response.body), (503, expected));
}

#[test]
fn two_servers_are_asked_and_their_answers_are_added() {
    let session = Session::new();
    let (left, right) = (crunch(&session, 0), crunch(&session, 0));
    let component = component(&session, left.port, right.port);
    assert_works(&component);
}

#[test]
fn a_fault_of_one_server_is_the_answer() {
    let session = Session::new();
    let (left, right) = (crunch(&session, 0), crunch(&session, 0));
    let component = component(&session, left.port, right.port);
    for target in ["/MulDiv?a=2&b=3&c=8&d=0", "/DivMul?a=2&b=0&c=8&d=1"] {
        let response = get(component.port, target);
        assert_eq!(response.status, 400);
        assert!(response.body.contains("y is zero"), "{}", response.body);
    }
}

#[test]
fn a_server_that_dies_is_a_fault_until_it_is_back() {
    let session = Session::new();
    let (left, right) = (crunch(&session, 0), crunch(&session, 0));
    let (left_port, right_port) = (left.port, right.port);
    let mut component = component(&session, left_port, right_port);
    assert_works(&component);
    // Those that are back stay until the end.
    let mut back = Vec::new();
    for (server, port) in [(left, left_port), (right, right_port)] {
        kill(server);
        record_says(
            &mut component,
            &format!("Cannot reach \"127.0.0.1:{port}\""),
        );
        assert_cannot_reach(&component, port);
        back.push(crunch(&session, port));
        record_says(
            &mut component,
            &format!("Connected to \"127.0.0.1:{port}\""),
        );
        assert_works(&component);
    }
}

#[test]
fn a_server_may_come_after_the_component() {
    let session = Session::new();
    let left = crunch(&session, 0);
    let right = crunch(&session, 0);
    let (left_port, right_port) = (left.port, right.port);
    kill(right);
    let mut component = component(&session, left_port, right_port);
    record_says(
        &mut component,
        &format!("Cannot reach \"127.0.0.1:{right_port}\""),
    );
    assert_cannot_reach(&component, right_port);
    let _right = crunch(&session, right_port);
    record_says(
        &mut component,
        &format!("Connected to \"127.0.0.1:{right_port}\""),
    );
    assert_works(&component);
}
