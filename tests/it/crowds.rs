//! More clients than usual, and more than there is room for.

use ansar_tests::{
    Background, Client, Health, Response, Session, allocated_bytes, raise_open_files,
};
use nix::sys::signal::Signal;

const GOOD: &str = "/Multiply?x=1.5&y=2.25";

/// Connections that are opened and left alone.
const IDLE: usize = 10_000;

/// Files that the tests and a server have open besides, many at once included.
const OTHER_FILES: u64 = 1000;

/// Connections that are opened before the last of them is asked something: no more than the
/// system keeps for a server until it takes them.
const AT_ONCE: usize = 500;

/// What an idle connection may take, in bytes.
const IDLE_BYTES: u64 = 8 * 1024;

fn open(server: &Background, number: usize) -> Vec<Client> {
    let mut clients = Vec::with_capacity(number);
    while clients.len() < number {
        let more = AT_ONCE.min(number - clients.len());
        clients.extend((0..more).map(|_| Client::connect(server)));
        let last = clients.last_mut().expect("there are some");
        assert_eq!(last.get(GOOD).status, 200);
    }
    clients
}

/// Opens connections, leaves them alone, and closes them. Gives what they took, in bytes.
fn gather(server: &mut Background, number: usize) -> u64 {
    let before = allocated_bytes(server.process());
    let clients = open(server, number);
    let taken = allocated_bytes(server.process()).saturating_sub(before);
    drop(clients);
    server.record_until_times("Destroyed", number);
    taken
}

#[test]
fn thousands_of_idle_connections_cost_little_and_leave_nothing_behind() {
    let allowed = raise_open_files().saturating_sub(OTHER_FILES);
    let number = IDLE.min(usize::try_from(allowed).unwrap_or(IDLE));
    if number < IDLE {
        println!("the limit of open files allows {number} connections, not {IDLE}");
    }
    let session = Session::new();
    let limit = number + 10;
    let mut server = session.serve(&format!(
        "crunch_server --port=0 --http-connection-limit={limit}"
    ));
    let taken = gather(&mut server, number);
    assert!(
        taken < number as u64 * IDLE_BYTES,
        "{number} connections take {taken} bytes"
    );
    // What the allocator keeps of the first time is used again: nothing is lost.
    let health = Health::of(&server, GOOD);
    server.record_until("Destroyed");
    gather(&mut server, number);
    health.check(&server);
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn a_client_too_many_waits_until_another_one_goes() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0 --http-connection-limit=2");
    let health = Health::of(&server, GOOD);
    server.record_until("Destroyed");
    let mut clients = [(); 2].map(|()| Client::connect(&server));
    for client in &mut clients {
        assert_eq!(client.get(GOOD).status, 200);
    }
    let mut waiting = Client::connect(&server);
    waiting.ask(GOOD);
    let [first, second] = clients;
    drop(first);
    assert_eq!(waiting.respond().status, 200);
    let accepted = format!("Accepted \"{}\"", waiting.address());
    let record = server.record_until(&accepted);
    let gone = record.lines().filter(|line| line.contains("Destroyed"));
    assert_eq!(gone.count(), 1, "the client did not wait: {record}");
    drop((second, waiting));
    server.record_until_times("Destroyed", 2);
    health.check(&server);
}

/// A server that holds requests, and the clients of those that it has room for.
fn flooded(server: &mut Background) -> Vec<Client> {
    let holding: Vec<Client> = (0..4)
        .map(|_| {
            let mut client = Client::connect(server);
            client.ask("/Hold");
            client
        })
        .collect();
    server.record_until_times("Received Hold", holding.len());
    holding
}

fn assert_overloaded(response: &Response) {
    let fault = r#"{"condition":"cannot take Hold","explanation":"4 messages wait already: try again later"}"#;
    assert_eq!(response.status, 503);
    assert_eq!(response.header("Retry-After"), Some("1"));
    assert_eq!(
        response.body,
        format!(r#"{{"value":["ansar.Faulted",{fault},[]]}}"#)
    );
}

#[test]
fn a_full_mailbox_refuses_at_once_and_is_normal_again_when_there_is_room() {
    let session = Session::new();
    let mut server = session.serve("holding_server");
    let health = Health::of(&server, "/WhoAsks");
    server.record_until("Received Closed");
    let holding = flooded(&mut server);
    let mut refused = Client::connect(&server);
    for _ in 0..1000 {
        assert_overloaded(&refused.get("/Hold"));
    }
    server.record_until_times("Overloaded, 4 messages wait: refused Hold from <", 1000);
    // The server lets go of what it holds when a client goes.
    drop(refused);
    for mut client in holding {
        assert_eq!(client.respond().status, 200);
    }
    // What the server is told of clients that go takes a place as well.
    server.record_until_times("Received Closed", 5);
    health.check(&server);
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn a_server_without_files_goes_on_when_there_are_some_again() {
    let session = Session::new();
    let mut server = session.serve_within("-n 40", "crunch_server --port=0");
    let health = Health::of(&server, GOOD);
    let mut clients: Vec<Client> = (0..60).map(|_| Client::connect(&server)).collect();
    server.record_until("Cannot accept a client: Too many open files");
    let mut last = clients.pop().expect("there are some");
    drop(clients);
    assert_eq!(last.get(GOOD).status, 200);
    health.check(&server);
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn a_server_takes_all_the_files_that_it_may_have() {
    let session = Session::new();
    let mut server = session.serve_within("-S -n 40", "crunch_server --port=0");
    let clients = open(&server, 100);
    drop(clients);
    let record = server.record_until_times("Destroyed", 100);
    assert!(!record.contains("Cannot accept a client"), "{record}");
}
