//! The settings of a server: where they come from, and what is shown of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ansar_tests::{Client, Session, get};
use nix::sys::signal::Signal;

const STORED: &str = ".ansar-tool/settings/configured_server.json";

/// A member as JSON on the command line, without spaces, which would divide words.
const DATABASE: &str = r#"--database={"password":"hunter2"}"#;

#[test]
fn the_command_line_is_over_the_environment_and_that_over_what_is_stored() {
    let session = Session::new();
    session
        .run("crunch_server --host=0.0.0.0 --port=6000 --store-settings")
        .success();
    let port = [("CRUNCH_SERVER_PORT", "7000")];
    let shown = session
        .run_with(&port, "crunch_server --dump-settings")
        .success();
    assert!(
        shown.contains("\"port\": 7000") && shown.contains("0.0.0.0"),
        "{shown}"
    );
    let shown = session
        .run_with(&port, "crunch_server --port=8000 --dump-settings")
        .success();
    assert!(shown.contains("\"port\": 8000"), "{shown}");
}

#[test]
fn what_the_environment_gives_is_not_stored() {
    let session = Session::new();
    let stored = session.run_with(
        &[("CRUNCH_SERVER_PORT", "7000")],
        "crunch_server --host=0.0.0.0 --store-settings",
    );
    assert_eq!(stored.success(), "Ack()\n");
    let stored = session.read(".ansar-tool/settings/crunch_server.json");
    assert!(
        stored.contains("\"port\": 5051") && stored.contains("0.0.0.0"),
        "{stored}"
    );
}

#[test]
fn a_variable_that_does_not_fit_is_named() {
    let session = Session::new();
    let complaint = session
        .run_with(&[("CRUNCH_SERVER_PORT", "abc")], "crunch_server")
        .failure(2);
    assert!(
        complaint.starts_with("crunch_server: cannot use CRUNCH_SERVER_PORT=abc: "),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 1);
}

#[test]
fn a_variable_that_names_no_setting_is_in_the_record_without_its_value() {
    let session = Session::new();
    let server = session.serve_with(
        &[("CONFIGURED_SERVER_API_KYE", "hunter2")],
        "configured_server",
    );
    let record = &server.beginning;
    assert!(
        record.contains("Process - The variable CONFIGURED_SERVER_API_KYE names no setting\n"),
        "{record}"
    );
    assert!(!record.contains("hunter2"), "{record}");
}

#[test]
fn members_of_every_kind_are_given_as_text_or_json() {
    let session = Session::new();
    let server = session.serve_with(
        &[
            ("CONFIGURED_SERVER_UPSTREAM", r#"{"port": 5051}"#),
            ("CONFIGURED_SERVER_TAGS", r#"["a", "5"]"#),
            ("CONFIGURED_SERVER_API_KEY", "0123"),
        ],
        &format!("configured_server --limit=7 {DATABASE}"),
    );
    let running = r#"{"upstream":{"host":"localhost","port":5051},"tags":["a","5"],"limit":7,"api_key":"0123","password":"hunter2"}"#;
    assert_eq!(
        get(server.port, "/Ask").body,
        format!(r#"{{"value":["configured_server.Running",{running},[]]}}"#)
    );
}

#[test]
fn what_is_wrong_inside_of_a_member_is_found_by_its_path() {
    let session = Session::new();
    let complaint = session
        .run(r#"configured_server --upstream={"port":"abc"}"#)
        .failure(2);
    assert!(
        complaint.starts_with("configured_server: cannot use --upstream=…: near \"port\": "),
        "{complaint}"
    );
}

#[test]
fn secrets_are_stored_privately_and_shown_nowhere() {
    let session = Session::new();
    let given = format!("--api-key=hunter2 --former-keys=[\"hunter3\"] {DATABASE}");
    session
        .run(&format!("configured_server {given} --store-settings"))
        .success();
    let stored = session.read(STORED);
    assert!(
        stored.contains("\"api_key\": \"hunter2\"") && stored.contains("hunter3"),
        "{stored}"
    );
    let mode = fs::metadata(session.path(STORED))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let shown = session.run("configured_server --dump-settings").success();
    assert_eq!(shown.matches("\"(secret)\"").count(), 3, "{shown}");
    assert!(!shown.contains("hunter"), "{shown}");
    let help = session.run("configured_server --help").success();
    assert!(
        help.contains("(secret)") && !help.contains("hunter"),
        "{help}"
    );

    let server = session.serve("configured_server");
    assert!(get(server.port, "/Ask").body.contains("hunter2"));
    let beginning = server.beginning.clone();
    let record = beginning + &server.stop(Signal::SIGINT).stderr;
    assert!(
        record.contains("api_key: (secret)") && !record.contains("hunter"),
        "{record}"
    );
}

#[test]
fn no_complaint_repeats_what_may_be_a_secret() {
    let session = Session::new();
    for (variables, given) in [
        (&[][..], r#"--database={"prot":1,"password":"hunter2"}"#),
        (&[], r#"--database={"password":"hunter2""#),
        (&[], "--database=hunter2"),
        (&[], "--former-keys=hunter2"),
        (&[], "--api-kye=hunter2"),
        (&[("CONFIGURED_SERVER_DATABASE", "hunter2")], ""),
    ] {
        let complaint = session
            .run_with(variables, &format!("configured_server {given}"))
            .failure(2);
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
    session.run("configured_server --store-settings").success();
    fs::write(
        session.path(STORED),
        r#"{"value": {"former_keys": "hunter2"}}"#,
    )
    .unwrap();
    let complaint = session.run("configured_server").failure(1);
    assert!(
        complaint.contains("near \"former_keys\"") && !complaint.contains("hunter2"),
        "{complaint}"
    );
}

#[test]
fn a_dump_that_is_stored_does_not_replace_a_secret() {
    let session = Session::new();
    session
        .run("configured_server --api-key=hunter2 --store-settings")
        .success();
    let dump = session.run("configured_server --dump-settings").success();
    fs::write(session.path("dump.json"), dump).unwrap();
    let complaint = session
        .run("configured_server --settings-file=dump.json --store-settings")
        .failure(1);
    assert!(
        complaint.contains("near \"api_key\"") && complaint.contains("give the secret itself"),
        "{complaint}"
    );
    // What is wrong is the file that was named, not the one that is stored.
    assert!(
        complaint.ends_with("hint: mend the file, or name another one\n"),
        "{complaint}"
    );
    assert!(session.read(STORED).contains("hunter2"));
}

#[test]
fn the_settings_of_http_are_stored_beside_those_of_the_author() {
    let session = Session::new();
    let stored = session.run_with(
        &[("CRUNCH_SERVER_HTTP_THREADS", "2")],
        "crunch_server --http-body-limit=2MB --http_drain_time_limit=1m30s --store-settings",
    );
    assert_eq!(stored.success(), "Ack()\n");
    let value = "\"value\": {\n        \"host\": \"127.0.0.1\",\n        \"port\": 5051\n    }";
    let http = "\"http\": {\n        \"body_limit\": \"2MB\",\n        \"drain_time_limit\": \"1m30s\"\n    }";
    let document = format!("{{\n    {value},\n    {http}\n}}\n");
    assert_eq!(
        session.read(".ansar-tool/settings/crunch_server.json"),
        document
    );
    assert_eq!(
        session.run("crunch_server --dump-settings").success(),
        document
    );
    session
        .run("crunch_server --http-body-limit=1MiB --http-drain-time-limit=10s --store-settings")
        .success();
    assert_eq!(
        session.read(".ansar-tool/settings/crunch_server.json"),
        format!("{{\n    {value}\n}}\n")
    );
}

#[test]
fn the_author_chooses_the_factory_values_of_http() {
    let session = Session::new();
    let help = session.run("configured_server --help").success();
    assert!(help.contains("[factory: 5s]"), "{help}");
    let dumped = session.run("configured_server --dump-settings").success();
    assert!(!dumped.contains("http"), "{dumped}");
    let changed = session
        .run("configured_server --http-drain-time-limit=10s --dump-settings")
        .success();
    assert!(
        changed.contains("\"drain_time_limit\": \"10s\""),
        "{changed}"
    );
}

#[test]
fn requests_in_progress_are_given_the_time_that_the_settings_say() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0 --http-drain-time-limit=50ms");
    let mut client = Client::connect(&server);
    client.begin_multiplying();
    server.signal(Signal::SIGTERM);
    let record = server.finish().stderr;
    assert!(record.contains("within 50ms"), "{record}");
}

#[test]
fn http_settings_that_make_no_sense_are_refused() {
    let session = Session::new();
    for (given, complaint) in [
        (
            "--http-threads=0",
            "cannot use --http-threads=0: expected 1 to 64, got 0",
        ),
        (
            "--http-body-limit=2GB",
            "cannot use --http-body-limit=2GB: expected 1 byte to 1GB, got 2GB",
        ),
        (
            "--http-request-time-limit=soon",
            "cannot use --http-request-time-limit=soon: expected a time such as 30s or 1m30s, got \"soon\"",
        ),
        (
            "--http-tls-key=key.pem",
            "cannot serve HTTPS with --http-tls-key alone: give --http-tls-certificate too",
        ),
    ] {
        assert_eq!(
            session.run(&format!("crunch_server {given}")).failure(2),
            format!("crunch_server: {complaint}\n")
        );
    }
}

#[test]
fn a_role_is_added_with_settings_of_http() {
    let session = Session::new();
    session.run("ansar create").success();
    session.run("ansar deploy dist").success();
    session
        .run("ansar add crunch_server --role-name=web --http-body-limit=2MB")
        .success();
    let stored = session.read(".ansar-home/settings/web.json");
    assert!(stored.contains("\"body_limit\": \"2MB\""), "{stored}");
}

#[test]
fn settings_are_not_read_from_standard_input() {
    let session = Session::new();
    assert_eq!(
        session.run("crunch_server --settings-file=-").failure(2),
        "crunch_server: cannot use --settings-file=-: settings are not read from standard input\nhint: name a file\n"
    );
}
