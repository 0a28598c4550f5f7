//! The article's session, command by command, and all that it prints.

use ansar_tests::{Session, get, normal};
use nix::sys::signal::Signal;

/// A record of standard error without its pid and stamp, which stand at fixed columns.
fn said(line: &str) -> &str {
    let (process, rest) = line.split_at(11);
    assert!(
        process.starts_with('[') && process.ends_with("] "),
        "{line:?}"
    );
    assert!(
        process[1..9].bytes().all(|byte| byte.is_ascii_digit()),
        "{line:?}"
    );
    assert_eq!(normal(&rest[..23]), "STAMP", "{line:?}");
    &rest[24..]
}

#[test]
fn a_server_on_its_own_answers_and_ends_by_control_c() {
    let session = Session::new();
    let server = session.serve("crunch_server --port=0");
    let port = server.port;
    let beginning: Vec<&str> = server.beginning.lines().map(said).collect();
    assert_eq!(
        beginning[2..],
        [
            "~ <00000001>Process - Running object \"crunch_server::Server\"",
            "+ <00000002>Server - Created by <00000001>",
            "> <00000001>Process - Sent Start to <00000002>",
            "< <00000002>Server - Received Start from <00000001>",
            "+ <00000003>Listener - Created by <00000002>",
            &format!(
                "~ <00000003>Listener - Listening on \"127.0.0.1:{port}\", requested \"127.0.0.1:0\""
            ),
        ]
    );
    let product = get(port, "/Multiply?x=1.5&y=2.25");
    assert_eq!(
        product.body,
        r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#
    );
    assert_eq!(product.header("Content-Type"), Some("application/json"));
    let quotient = get(port, "/Divide?x=1.5&y=2.25");
    assert_eq!(
        quotient.body,
        r#"{"value":["crunch_api.Output",{"value":0.6666666666666666},[]]}"#
    );

    let second = session.run(&format!("crunch_server --port={port}"));
    assert_eq!(
        second.failure(1),
        format!(
            "crunch_server: cannot listen at \"127.0.0.1:{port}\" ([Errno 98] Address already in use)\n"
        )
    );

    let end = server.stop(Signal::SIGINT);
    assert_eq!(end.status, 130);
    let (record, diagnostic) = end.stderr.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(
        diagnostic,
        "crunch_server: aborted (user or software interrupt)"
    );
    let record: Vec<&str> = record.lines().map(said).collect();
    assert_eq!(
        record[record.len() - 4..],
        [
            "> <00000001>Process - Sent Stop to <00000002>",
            "< <00000002>Server - Received Stop from <00000001>",
            "X <00000003>Listener - Destroyed",
            "X <00000002>Server - Destroyed",
        ]
    );
    for expected in [
        "< <00000002>Server - Dropped Accepted from <00000004>",
        "< <00000002>Server - Received Multiply from <00000004>.1",
        "> <00000002>Server - Sent Output to <00000004>.1",
        "X <00000004>Connection - Destroyed, closed after the answer, as the client asked",
    ] {
        assert!(record.contains(&expected), "no {expected:?} in {record:#?}");
    }
}

#[test]
fn settings_are_transient_or_stored() {
    let session = Session::new();
    let dumped = |host: &str| {
        format!(
            "{{\n    \"value\": {{\n        \"host\": \"{host}\",\n        \"port\": 5051\n    }}\n}}\n"
        )
    };
    let stored = ".ansar-tool/settings/crunch_server.json";
    assert_eq!(
        session.run("crunch_server --dump-settings").success(),
        dumped("127.0.0.1")
    );
    assert!(
        !session.path(stored).exists(),
        "looking at the settings stores nothing"
    );
    assert_eq!(
        session
            .run("crunch_server --host=0.0.0.0 --dump-settings")
            .success(),
        dumped("0.0.0.0")
    );
    assert_eq!(
        session.run("crunch_server --dump-settings").success(),
        dumped("127.0.0.1")
    );
    assert_eq!(
        session
            .run("crunch_server --host=0.0.0.0 --store-settings")
            .success(),
        "Ack()\n"
    );
    assert_eq!(
        session.run("crunch_server --dump_settings").success(),
        dumped("0.0.0.0")
    );
    assert_eq!(session.read(stored), dumped("0.0.0.0"));
    let server = session.serve("crunch_server --port=0");
    assert!(
        server.beginning.contains("Listening on \"0.0.0.0:"),
        "{}",
        server.beginning
    );
    assert_eq!(
        session.run("crunch_server --factory-reset").success(),
        "Ack()\n"
    );
    assert_eq!(
        session.run("crunch_server --dump-settings").success(),
        dumped("127.0.0.1")
    );
}

#[test]
fn the_first_run_stores_the_factory_settings() {
    let session = Session::new();
    let _server = session.serve("crunch_server --port=0");
    let stored = session.read(".ansar-tool/settings/crunch_server.json");
    assert!(stored.contains("\"port\": 5051"), "{stored}");
}

#[test]
fn the_same_server_runs_as_a_role() {
    let session = Session::new();
    assert_eq!(session.run("ansar create").success(), "");
    assert_eq!(
        session.run("ansar deploy dist").success(),
        "deployed crunch_server\n"
    );
    assert_eq!(
        session
            .run("ansar add crunch_server --role-name=crunch_server --port=0")
            .success(),
        ""
    );
    assert_eq!(session.run("ansar list").success(), "crunch_server\n");
    assert_eq!(session.run("ansar start").success(), "");

    assert_eq!(session.run("ansar status").success(), "crunch_server\n");
    assert_long_listing(&session);

    let port = session.role_port();
    assert_eq!(get(port, "/Multiply?x=1.5&y=2.25").status, 200);
    let log = session.run("ansar log crunch_server").success();
    assert!(
        normal(&log).contains("STAMP < <00000002>Server - Received Multiply from <00000004>.1\n"),
        "{log}"
    );
    assert!(
        !log.contains('['),
        "the stored record has no column for the process: {log}"
    );
    let first = session
        .run("ansar log crunch_server --back=1d --count=3")
        .success();
    assert_eq!(first, log.split_inclusive('\n').take(3).collect::<String>());

    assert_eq!(session.run("ansar stop").success(), "");
    assert_eq!(session.run("ansar status").success(), "");
    assert_eq!(session.processes(), Vec::<i32>::new());
    let log = session.run("ansar log crunch_server").success();
    assert!(
        log.trim_end()
            .ends_with("crunch_server: aborted (user or software interrupt)"),
        "{log}"
    );
    assert_eq!(session.run("ansar destroy").success(), "");
    assert!(!session.path(".ansar-home").exists());
}

/// Role, its process, that of its supervisor, and the run time, at the article's columns.
#[track_caller]
fn assert_long_listing(session: &Session) {
    let status = session.run("ansar status --long-listing").success();
    let columns: Vec<&str> = status.split_whitespace().collect();
    let [role, process, group, run_time] = columns[..] else {
        panic!("{status:?}")
    };
    assert_eq!(role, "crunch_server");
    assert_eq!(&status[..25], format!("{role:<24} "));
    assert!(
        process.starts_with('<') && process.ends_with('>'),
        "{status:?}"
    );
    assert!(group.starts_with('(') && group.ends_with(')'), "{status:?}");
    assert!(
        run_time.ends_with('s') && run_time.contains('.'),
        "{status:?}"
    );
    let alive = session.processes();
    for number in [process, group] {
        assert!(
            alive.contains(&number[1..number.len() - 1].parse().unwrap()),
            "{number} of {alive:?}"
        );
    }
}
