//! A server on several threads: one from outside.

use std::collections::BTreeSet;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use ansar_tests::{Background, Client, DEADLINE, Session, get};
use nix::sys::signal::Signal;

const LINE: &str = "threaded_server --http-threads=3";

/// Connections that are spread over the threads by the system, which draws lots. That one of three
/// gets none of them happens once in a few hundred million times.
const CONNECTIONS: usize = 50;

/// The name of the thread in an answer.
fn thread(body: &str) -> String {
    let name = body.split(r#"{"name":""#).nth(1);
    let name = name.and_then(|rest| rest.split('"').next());
    name.unwrap_or_else(|| panic!("no thread in {body}"))
        .to_owned()
}

/// Connections to all threads, with who has answered over each.
fn connect_to_all(server: &Background) -> Vec<(String, Client)> {
    let clients = (0..CONNECTIONS).map(|_| Client::connect(server));
    let answered = clients.map(|mut client| (thread(&client.get("/WhoAnswers").body), client));
    let answered: Vec<_> = answered.collect();
    let names: BTreeSet<&str> = answered.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(Vec::from_iter(names), ["server-1", "server-2", "server-3"]);
    answered
}

#[test]
fn requests_are_answered_by_several_objects_at_one_port() {
    let session = Session::new();
    let mut server = session.serve(LINE);
    // The others join the first one at the port that it was given.
    let joined = server.record_until_times("Listener - Listening on ", 2);
    for line in joined
        .lines()
        .filter(|line| line.contains(" - Listening on "))
    {
        assert!(
            line.contains(&format!("Listening on \"127.0.0.1:{}\"", server.port)),
            "{line}"
        );
    }
    let mut clients = connect_to_all(&server);
    for (name, client) in &mut clients {
        assert_eq!(thread(&client.get("/WhoAnswers").body), *name);
    }
    let end = server.stop(Signal::SIGINT);
    assert_eq!(end.status, 130);
    let said = |text| {
        end.stderr
            .lines()
            .filter(|line| line.ends_with(text))
            .count()
    };
    assert_eq!(said("Listener - Destroyed"), 3, "{}", end.stderr);
    assert_eq!(said("Threaded - Destroyed"), 3, "{}", end.stderr);
    assert!(
        end.stderr
            .ends_with("threaded_server: aborted (user or software interrupt)\n")
    );
}

#[test]
fn a_server_is_ready_when_all_of_its_threads_listen() {
    let session = Session::new();
    let name = format!("ansar-test-threads-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let supervisor = UnixDatagram::bind_addr(&address).unwrap();
    supervisor.set_read_timeout(Some(DEADLINE)).unwrap();
    let server = session.serve_with(&[("NOTIFY_SOCKET", &format!("@{name}"))], LINE);
    let mut told = [0; 256];
    let mut hear = || {
        let length = supervisor.recv(&mut told).unwrap();
        String::from_utf8_lossy(&told[..length]).into_owned()
    };
    let ready = format!("READY=1\nSTATUS=Listening on 127.0.0.1:{}", server.port);
    assert_eq!(hear(), ready);
    // Whoever is told so may count on each of them.
    connect_to_all(&server);
    let end = server.stop(Signal::SIGTERM);
    assert_eq!(hear(), "STOPPING=1");
    assert_eq!(end.status, 143);
}

#[test]
fn a_fault_in_one_object_is_the_end_of_all_of_them() {
    let session = Session::new();
    let mut server = session.serve(LINE);
    server.record_until_times("Listener - Listening on ", 2);
    assert_eq!(get(server.port, "/Fail").status, 200);
    let end = server.finish();
    assert_eq!(end.status, 1);
    let diagnostic = "threaded_server: cannot go on (one of several was told not to)\n";
    assert!(end.stderr.ends_with(diagnostic), "{}", end.stderr);
    let destroyed = end
        .stderr
        .lines()
        .filter(|line| line.ends_with("Threaded - Destroyed"));
    assert_eq!(destroyed.count(), 3, "{}", end.stderr);
}

#[test]
fn a_request_in_progress_on_any_thread_is_waited_for_until_a_second_control_c() {
    let session = Session::new();
    let mut server = session.serve(LINE);
    server.record_until_times("Listener - Listening on ", 2);
    let mut client = Client::connect(&server);
    client.ask("/Hold");
    server.record_until("Received Hold");
    server.signal(Signal::SIGINT);
    // Two of three have nothing in progress.
    server.record_until_times("Threaded - Destroyed", 2);
    server.signal(Signal::SIGINT);
    let end = server.finish();
    assert_eq!(end.status, 130);
    assert!(
        end.stderr.contains("Cut short by Interrupt"),
        "{}",
        end.stderr
    );
    assert!(
        !end.stderr.contains("Threaded - Destroyed"),
        "{}",
        end.stderr
    );
}

#[test]
fn a_port_that_another_program_has_is_not_shared_with_it() {
    let session = Session::new();
    let first = session.serve(LINE);
    for threads in [1, 3] {
        let line = format!(
            "threaded_server --port={} --http-threads={threads}",
            first.port
        );
        let complaint = session.run(&line).failure(1);
        assert!(
            complaint.contains("[Errno 98] Address already in use"),
            "{complaint}"
        );
    }
}
