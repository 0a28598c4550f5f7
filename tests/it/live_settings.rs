//! Settings that change while a server runs.

use std::fs;

use ansar_tests::{Background, Session, binary, get};
use nix::sys::signal::Signal;

const STORED: &str = ".ansar-tool/settings/live_server.json";

/// The line by which the record says that the object has been told.
const TOLD: &str = "Live - Received SettingsChanged from ";

/// Stores settings for the next start, as a user does.
fn store(session: &Session, options: &str) {
    let line = format!("live_server {options} --store-settings");
    assert_eq!(session.run(&line).success(), "Ack()\n");
}

#[track_caller]
fn assert_running(port: u16, greeting: &str, limit: u32, changes: u32) {
    let members = format!(r#"{{"greeting":"{greeting}","limit":{limit},"changes":{changes}}}"#);
    assert_eq!(
        get(port, "/Ask").body,
        format!(r#"{{"value":["live_server.Running",{members},[]]}}"#)
    );
}

/// A server that watches its settings: it does from its first turn on, and answers in later ones.
fn serve(session: &Session, line: &str) -> Background {
    let server = session.serve(line);
    assert_eq!(get(server.port, "/Ask").status, 200);
    server
}

#[test]
fn stored_settings_are_told_once_and_the_command_line_is_still_above_them() {
    let session = Session::new();
    store(&session, "--greeting=welcome");
    let mut server = serve(&session, "live_server --limit=7");
    assert_running(server.port, "welcome", 7, 0);
    store(&session, "--greeting=salve --limit=5");
    server.record_until(TOLD);
    assert_running(server.port, "salve", 7, 1);
    // What is under the command line changes nothing, and what is the same is no change.
    store(&session, "--greeting=salve --limit=6");
    store(&session, "--greeting=vale");
    server.record_until(TOLD);
    assert_running(server.port, "vale", 7, 2);
    let end = server.stop(Signal::SIGINT);
    assert_eq!(end.status, 130);
    assert!(!end.stderr.contains("SettingsChanged"), "{}", end.stderr);
}

#[test]
fn settings_that_do_not_fit_are_recorded_and_the_old_ones_stay() {
    let session = Session::new();
    store(&session, "--greeting=welcome");
    let mut server = serve(&session, "live_server");
    for (text, complaint) in [
        (
            "{\"value\": {\"limit\": \"many\"}}",
            "near \"limit\": expected",
        ),
        ("{\"value\": {\"limits\": 3}}", "unknown member `limits`"),
        ("{\"value\": ", "live_server.json"),
    ] {
        fs::write(session.path(STORED), text).unwrap();
        let record = server.record_until("Kept the settings as they were, ");
        let warning = record.lines().last().unwrap();
        assert!(
            warning.contains(" ? ") && warning.contains(complaint),
            "{warning}"
        );
        assert_running(server.port, "welcome", 0, 0);
    }
    fs::write(session.path(STORED), "{\"value\": {\"limit\": 3}}").unwrap();
    server.record_until(TOLD);
    assert_running(server.port, "hello", 3, 1);
}

#[test]
fn the_settings_of_http_wait_for_the_next_start_and_the_record_says_so() {
    let session = Session::new();
    store(&session, "--greeting=welcome");
    let mut server = serve(&session, "live_server");
    store(&session, "--greeting=salve --http-body-limit=2MB");
    server.record_until("The settings of HTTP have changed, which counts from the next start");
    server.record_until(TOLD);
    assert_running(server.port, "salve", 0, 1);
}

#[test]
fn every_thread_is_told() {
    let session = Session::new();
    store(&session, "--greeting=welcome");
    let mut server = serve(&session, "live_server --http-threads=3");
    server.record_until_times("Listener - Listening on ", 2);
    store(&session, "--greeting=salve");
    server.record_until_times(TOLD, 3);
    for _ in 0..20 {
        assert_running(server.port, "salve", 0, 1);
    }
}

#[test]
fn a_server_that_does_not_ask_for_changes_is_left_alone() {
    let session = Session::new();
    session
        .run("crunch_server --port=0 --store-settings")
        .success();
    let server = session.serve("crunch_server");
    let watched = fs::read_dir(format!("/proc/{}/fd", server.process())).unwrap();
    let watched = watched.filter(|entry| {
        let opened = fs::read_link(entry.as_ref().unwrap().path());
        opened.is_ok_and(|opened| opened.to_string_lossy().contains("inotify"))
    });
    assert_eq!(watched.count(), 0, "it watches its settings");
    fs::write(session.path(".ansar-tool/settings/crunch_server.json"), "{").unwrap();
    assert_eq!(get(server.port, "/Multiply?x=1").status, 200);
    let end = server.stop(Signal::SIGINT);
    assert!(!end.stderr.contains("ettings"), "{}", end.stderr);
}

#[test]
fn a_role_is_told_when_its_settings_file_is_replaced() {
    let session = Session::new();
    fs::copy(binary("live_server"), session.path("dist/live_server")).unwrap();
    session.run("ansar create").success();
    assert_eq!(session.run("ansar deploy dist").status, 0);
    session
        .run("ansar add live_server --role-name=live --port=0 --greeting=welcome")
        .success();
    // As a supervisor starts it, but for its record, which is on the terminal as well.
    let home = session.path(".ansar-home");
    let role = [
        ("ANSAR_HOME", home.to_str().unwrap()),
        ("ANSAR_ROLE", "live"),
    ];
    let mut server = session.serve_with(&role, "live_server");
    assert_running(server.port, "welcome", 0, 0);
    let stored = home.join("settings/live.json");
    let text = fs::read_to_string(&stored).unwrap();
    let new = session.path("new.json");
    fs::write(&new, text.replace("welcome", "salve")).unwrap();
    fs::rename(&new, &stored).unwrap();
    server.record_until(TOLD);
    assert_running(server.port, "salve", 0, 1);
    assert_eq!(server.stop(Signal::SIGTERM).status, 143);
    let log = session.run("ansar log live").success();
    assert_eq!(log.matches(TOLD).count(), 1, "{log}");
}
