//! A server on its own: its command line, its record, its end.

use std::time::Duration;

use ansar_tests::{Client, Session, get};
use nix::sys::signal::Signal;

/// How long a request in progress is held back, for a server that would not wait to be gone.
const HELD: Duration = Duration::from_millis(300);

#[test]
fn a_handler_that_panics_is_a_fault_of_its_request_only() {
    let session = Session::new();
    let server = session.serve("faulty_server");
    let response = get(server.port, "/Panic");
    assert_eq!(response.status, 500);
    let fault = r#"{"condition":"cannot handle Panic","explanation":"the handler panicked"}"#;
    assert_eq!(
        response.body,
        format!(r#"{{"value":["ansar.Faulted",{fault},[]]}}"#)
    );
    assert_eq!(get(server.port, "/Talk").status, 200);
    let end = server.stop(Signal::SIGTERM);
    assert_eq!(end.status, 143);
    let panic = end
        .stderr
        .lines()
        .find(|line| line.contains(" ! <00000002>Faulty - panicked at "));
    assert!(
        panic.is_some_and(|line| line.ends_with("the handler was told to")),
        "{}",
        end.stderr
    );
}

#[test]
fn a_constructor_that_panics_ends_the_program_with_a_fault() {
    let session = Session::new();
    let complaint = session.run("faulty_server --panic-early").failure(1);
    assert_eq!(
        complaint,
        "faulty_server: cannot create Faulty (its constructor panicked)\n"
    );
}

#[test]
fn the_end_of_the_object_is_the_exit_status_of_the_program() {
    let session = Session::new();
    let mut server = session.serve("faulty_server");
    assert_eq!(get(server.port, "/Finish?value=2.5").status, 200);
    assert_eq!(server.finish().status, 0);
    let mut server = session.serve("faulty_server");
    assert_eq!(get(server.port, "/Fail").status, 200);
    let end = server.finish();
    assert_eq!(end.status, 1);
    assert!(
        end.stderr
            .ends_with("faulty_server: cannot go on (it was told not to)\n"),
        "{}",
        end.stderr
    );
}

#[test]
fn what_the_author_says_is_in_the_record_by_its_weight() {
    let session = Session::new();
    let server = session.serve("faulty_server");
    assert_eq!(get(server.port, "/Talk").status, 200);
    let record = server.stop(Signal::SIGINT).stderr;
    for said in [
        "! <00000002>Faulty - one 1",
        "? <00000002>Faulty - two",
        "^ <00000002>Faulty - three",
        "~ <00000002>Faulty - four",
        "_ <00000002>Faulty - five",
    ] {
        assert!(
            record.lines().any(|line| line.ends_with(said)),
            "no {said:?} in {record}"
        );
    }
}

#[test]
fn stamps_never_go_back() {
    let session = Session::new();
    let server = session.serve("crunch_server --port=0");
    for _ in 0..50 {
        get(server.port, "/Multiply?x=1");
    }
    let record = server.stop(Signal::SIGINT).stderr;
    let stamps: Vec<&str> = record
        .lines()
        .filter(|line| line.starts_with('['))
        .map(|line| &line[11..34])
        .collect();
    assert!(stamps.len() > 300, "{record}");
    assert!(stamps.is_sorted(), "{record}");
}

#[test]
fn a_request_in_progress_is_answered_before_the_end() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0");
    let mut client = Client::connect(&server);
    client.begin_multiplying();
    server.signal(Signal::SIGTERM);
    while !server.line().contains("Received Stop") {}
    assert!(
        !server.ends_within(HELD),
        "the server leaves a request in progress"
    );
    client.send(br#"{"x":2,"y":3.5}"#);
    assert_eq!(
        client.respond().body,
        r#"{"value":["crunch_api.Output",{"value":7.0},[]]}"#
    );
    assert_eq!(server.finish().status, 143);
}

#[test]
fn a_second_signal_does_not_wait_for_requests_in_progress() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0");
    let mut client = Client::connect(&server);
    client.begin_multiplying();
    server.signal(Signal::SIGINT);
    while !server.line().contains("Received Stop") {}
    server.signal(Signal::SIGINT);
    let end = server.finish();
    assert_eq!(end.status, 130);
    assert!(
        end.stderr.contains("Cut short by Interrupt"),
        "{}",
        end.stderr
    );
}

#[test]
fn a_second_signal_ends_a_server_that_ignores_the_first() {
    let session = Session::new();
    let mut server = session.serve("faulty_server --ignore-stop=true");
    server.signal(Signal::SIGINT);
    while !server.line().contains("Received Stop") {}
    server.signal(Signal::SIGTERM);
    let end = server.finish();
    assert_eq!(end.status, 143);
    assert!(
        end.stderr.contains("Cut short by Terminate"),
        "{}",
        end.stderr
    );
}

#[test]
fn a_command_line_that_makes_no_sense_is_said_so() {
    let session = Session::new();
    let complaint = |line: &str| session.run(line).failure(2);
    assert_eq!(
        complaint("crunch_server --prot=5"),
        "crunch_server: unexpected argument '--prot' found\nhint: a similar argument exists: '--port'\n"
    );
    assert_eq!(
        complaint("crunch_server --port=abc"),
        "crunch_server: cannot use --port=abc: expected a whole number from 0 to 65535, got \"abc\"\n"
    );
    assert!(
        complaint("crunch_server --debug-level=LOUD")
            .contains("FAULT, WARNING, CONSOLE, OBJECT, TRACE, DEBUG")
    );
    let missing = session
        .run("crunch_server --settings-file=missing.json")
        .failure(1);
    assert_eq!(
        missing,
        "crunch_server: cannot read settings from \"missing.json\": no such file\n"
    );
}

#[test]
fn settings_that_are_damaged_are_named_and_can_be_replaced() {
    let session = Session::new();
    session.run("crunch_server --store-settings").success();
    let path = session.path(".ansar-tool/settings/crunch_server.json");
    std::fs::write(&path, "{\"value\": {\"prot\": 1}}").unwrap();
    let complaint = session.run("crunch_server").failure(1);
    assert!(
        complaint.contains("unknown member `prot`, expected `host` or `port`"),
        "{complaint}"
    );
    assert!(complaint.contains("--factory-reset"), "{complaint}");
    std::fs::write(&path, "{").unwrap();
    let complaint = session.run("crunch_server").failure(1);
    assert!(
        complaint.contains("crunch_server.json") && complaint.contains("--factory-reset"),
        "{complaint}"
    );
    session.run("crunch_server --factory-reset").success();
    session.run("crunch_server --dump-settings").success();
}

#[test]
fn settings_may_come_from_another_file_or_folder() {
    let session = Session::new();
    std::fs::write(session.path("other.json"), "{\"value\": {\"port\": 6001}}").unwrap();
    let dumped = session
        .run("crunch_server --settings-file=other.json --dump-settings")
        .success();
    assert!(
        dumped.contains("\"port\": 6001") && dumped.contains("127.0.0.1"),
        "{dumped}"
    );
    let mut moved = session.command("crunch_server --port=6002 --store-settings");
    assert!(
        moved
            .env("ANSAR_TOOL", session.path("elsewhere"))
            .output()
            .unwrap()
            .status
            .success()
    );
    assert!(
        session
            .read("elsewhere/.ansar-tool/settings/crunch_server.json")
            .contains("6002")
    );
}

#[test]
fn help_and_version_are_printed() {
    let session = Session::new();
    assert_eq!(
        session.run("crunch_server --version").success(),
        "crunch_server 0.1.0\n"
    );
    let help = session.run("crunch_server --help").success();
    assert!(
        help.contains("--host <HOST>") && help.contains("--store-settings"),
        "{help}"
    );
}

#[test]
fn nothing_is_printed_by_default() {
    let session = Session::new();
    let end = session.run("crunch_server --host=no.such.host.invalid");
    let complaint = end.failure(1);
    assert!(
        complaint.starts_with("crunch_server: cannot listen at \"no.such.host.invalid:5051\" ("),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 1);
}
