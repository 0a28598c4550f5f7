//! Clients and handlers that take their time, or all of it.

use std::time::Duration;

use ansar_tests::{Background, Client, Health, Response, Session, get, peak_bytes};
use nix::sys::signal::Signal;

const GOOD: &str = "/Multiply?x=1.5&y=2.25";

/// A limit for clients that do not keep to it: short, since a test waits for its end.
const SHORT: &str = "300ms";

/// How much a server may have in use at its most, in bytes, whatever clients do not read.
const PEAK_BYTES: u64 = 64 * 1024 * 1024;

/// How long a server may take to be gone with a drain limit of a second, on a busy machine.
const DRAINED: Duration = Duration::from_secs(10);

/// A crunch server, at its first rest.
fn crunch(session: &Session, options: &str) -> (Background, Health) {
    let mut server = session.serve(&format!("crunch_server --port=0 {options}"));
    let health = Health::of(&server, GOOD);
    server.record_until("Destroyed");
    (server, health)
}

#[track_caller]
fn assert_fault(response: &Response, status: u16, condition: &str, explanation: &str) {
    let fault = format!(r#"{{"condition":"{condition}","explanation":"{explanation}"}}"#);
    assert_eq!(response.status, status, "{response:?}");
    assert_eq!(
        response.body,
        format!(r#"{{"value":["ansar.Faulted",{fault},[]]}}"#)
    );
    assert_eq!(response.header("Content-Type"), Some("application/json"));
}

#[test]
fn a_head_that_does_not_end_is_answered_and_ended() {
    let session = Session::new();
    let (mut server, health) = crunch(&session, &format!("--http-head-time-limit={SHORT}"));
    let mut client = Client::connect(&server);
    client.send("GET /Multiply?x=1 HTTP/1.1\r\nHost:");
    let response = client.respond();
    let condition = "the request headers did not arrive";
    assert_fault(&response, 408, condition, "it took longer than 0.3s");
    assert_eq!(response.header("Connection"), Some("close"));
    assert!(client.is_closed());
    server.record_until("Refused with 408: the request headers did not arrive");
    server.record_until(
        "Connection - Destroyed, closed after 408: the request headers did not arrive",
    );
    health.check(&server);
}

#[test]
fn a_connection_that_is_idle_too_long_is_closed_without_a_word() {
    let session = Session::new();
    let (mut server, health) = crunch(&session, &format!("--http-head-time-limit={SHORT}"));
    let silent = Client::connect(&server);
    let mut busy = Client::connect(&server);
    assert_eq!(busy.get(GOOD).status, 200);
    assert!(silent.is_closed() && busy.is_closed());
    server.record_until_times(
        "Connection - Destroyed, closed because it was idle too long",
        2,
    );
    health.check(&server);
}

#[test]
fn a_body_that_does_not_end_is_answered_and_ended() {
    let session = Session::new();
    let (mut server, health) = crunch(&session, &format!("--http-request-time-limit={SHORT}"));
    let mut client = Client::connect(&server);
    client.send("POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"x\"");
    let response = client.respond();
    let condition = "the request body did not arrive";
    assert_fault(&response, 408, condition, "it took longer than 0.3s");
    assert!(client.is_closed());
    server.record_until("Refused with 408: the request body did not arrive");
    health.check(&server);
}

#[test]
fn an_answer_that_is_not_ready_in_time_is_a_fault() {
    let session = Session::new();
    let line = format!("holding_server --http-request-time-limit={SHORT}");
    let mut server = session.serve(&line);
    let health = Health::of(&server, "/WhoAsks");
    server.record_until("Destroyed");
    let mut client = Client::connect(&server);
    let response = client.get("/Hold");
    let condition = "the answer is not ready";
    assert_fault(&response, 503, condition, "it took longer than 0.3s");
    assert_eq!(response.header("Retry-After"), Some("1"));
    assert!(client.is_closed());
    server.record_until("Refused with 503: the answer is not ready");
    health.check(&server);
    // The request is not in progress any more.
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn a_client_that_has_said_all_waits_for_its_answer() {
    let session = Session::new();
    let mut server = session.serve("holding_server");
    let health = Health::of(&server, "/WhoAsks");
    server.record_until("Destroyed");
    let mut client = Client::connect(&server);
    client.ask("/Hold");
    client.end();
    server.record_until("Received Hold");
    // The server lets go of what it holds when a client goes.
    get(server.port, "/WhoAsks");
    let response = client.respond();
    assert_eq!(response.body, r#"{"value":["ansar.Ack",{},[]]}"#);
    assert!(client.is_closed());
    health.check(&server);
}

#[test]
fn a_client_that_never_reads_is_broken_off_and_costs_no_memory() {
    let session = Session::new();
    let line = format!("holding_server --http-write-time-limit={SHORT}");
    let mut server = session.serve(&line);
    let health = Health::of(&server, "/WhoAsks");
    server.record_until("Destroyed");
    let mut client = Client::connect(&server);
    // A megabyte of answer for each, of which the client takes nothing.
    let requests = "GET /Fill?bytes=1000000 HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    while client.try_send(&requests).is_ok() {}
    server.record_until("Connection - Destroyed, broken off because the client does not read");
    let peak = peak_bytes(server.process());
    assert!(peak < PEAK_BYTES, "the server had {peak} bytes in use");
    health.check(&server);
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn whatever_clients_are_at_a_control_c_ends_the_server_in_order() {
    let session = Session::new();
    let mut server = session.serve("holding_server");
    let _idle = Client::connect(&server);
    let mut client = Client::connect(&server);
    client.ask("/Hold");
    server.record_until("Received Hold");
    server.signal(Signal::SIGINT);
    // The idle connection is closed, and with that the answer is there.
    assert_eq!(client.respond().status, 200);
    assert!(client.is_closed());
    let end = server.finish();
    assert_eq!(end.status, 130);
    assert!(
        !end.stderr.contains("Did not end in order"),
        "{}",
        end.stderr
    );
}

#[test]
fn a_control_c_does_not_wait_for_clients_beyond_the_drain_limit() {
    let session = Session::new();
    let mut server = session.serve("holding_server --http-drain-time-limit=1s");
    let mut half = Client::connect(&server);
    half.send("GET /Hold HT");
    let mut mute = Client::connect(&server);
    mute.ask("/Fill?bytes=20000000");
    let mut bodiless = Client::connect(&server);
    bodiless.send("POST /Hold HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(bodiless.respond().status, 100);
    server.record_until("Received Fill");
    server.signal(Signal::SIGINT);
    assert!(server.ends_within(DRAINED), "the server does not end");
    let end = server.finish();
    assert_eq!(end.status, 130);
    assert!(
        end.stderr.contains("Did not end in order within 1s"),
        "{}",
        end.stderr
    );
}
