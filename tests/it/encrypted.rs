//! HTTPS: what is said to whom, and certificates that change.

use std::fs;

use ansar_tests::{Background, Certificate, Client, Session};
use nix::sys::signal::Signal;

const GOOD: &str = "/Multiply?x=1.5&y=2.25";

const LINE: &str =
    "crunch_server --port=0 --http-tls-certificate=certificate.pem --http-tls-key=key.pem";

/// A server with a certificate in the folder of the session.
fn encrypted(session: &Session) -> (Background, Certificate) {
    let certificate = Certificate::new();
    certificate.store(&session.path("."));
    (session.serve(LINE), certificate)
}

#[test]
fn requests_are_answered_over_https() {
    let session = Session::new();
    let (server, certificate) = encrypted(&session);
    assert!(server.beginning.contains("Listening (encrypted) on "));
    let mut client = certificate.connect(&server);
    for _ in 0..3 {
        let response = client.get(GOOD);
        assert_eq!(
            response.body,
            r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#
        );
    }
    let end = server.stop(Signal::SIGINT);
    assert_eq!(end.status, 130);
    assert!(end.stderr.contains("closed because the server stops"));
}

#[test]
fn a_client_that_does_not_encrypt_is_refused_and_recorded() {
    let session = Session::new();
    let (mut server, certificate) = encrypted(&session);
    let mut plain = Client::connect(&server);
    let response = plain.get(GOOD);
    let fault = r#"{"condition":"cannot answer without encryption","explanation":"this server speaks HTTPS: ask it by https://"}"#;
    assert_eq!(response.status, 400);
    assert_eq!(
        response.body,
        format!(r#"{{"value":["ansar.Faulted",{fault},[]]}}"#)
    );
    server.record_until("Refused with 400: cannot answer without encryption");
    let mut nonsense = Client::connect(&server);
    nonsense.send("\x16nonsense");
    nonsense.end();
    server.record_until("Destroyed, broken off, no agreement on TLS");
    assert_eq!(certificate.connect(&server).get(GOOD).status, 200);
}

#[test]
fn a_client_that_says_nothing_is_not_waited_for() {
    let session = Session::new();
    Certificate::new().store(&session.path("."));
    let mut server = session.serve(&format!("{LINE} --http-head-time-limit=300ms"));
    let silent = Client::connect(&server);
    assert!(silent.is_closed());
    server.record_until("Destroyed, broken off, the client did not speak TLS in time");
}

#[test]
fn a_client_that_says_nothing_does_not_hold_up_the_end_of_the_server() {
    let session = Session::new();
    let (mut server, _) = encrypted(&session);
    let _silent = Client::connect(&server);
    server.record_until("Accepted ");
    let end = server.stop(Signal::SIGINT);
    assert!(
        end.stderr.contains("closed because the server stops"),
        "{}",
        end.stderr
    );
    assert!(!end.stderr.contains("Did not end in order"));
}

#[test]
fn a_certificate_that_is_replaced_counts_for_new_connections() {
    let session = Session::new();
    let (mut server, first) = encrypted(&session);
    let mut old = first.connect(&server);
    assert_eq!(old.get(GOOD).status, 200);
    let second = Certificate::new();
    second.store(&session.path("."));
    server.record_until("Took another certificate for new connections");
    assert_eq!(second.connect(&server).get(GOOD).status, 200);
    assert_eq!(old.get(GOOD).status, 200);
}

#[test]
fn a_replacement_that_cannot_be_used_leaves_the_certificate_in_use() {
    let session = Session::new();
    let (mut server, certificate) = encrypted(&session);
    for (name, text, complaint) in [
        (
            "key.pem",
            "no key",
            "Kept the certificate: cannot read the key \"key.pem\"",
        ),
        (
            "certificate.pem",
            "none",
            "Kept the certificate: there is no certificate in",
        ),
    ] {
        fs::write(session.path(name), text).unwrap();
        server.record_until(complaint);
        assert_eq!(certificate.connect(&server).get(GOOD).status, 200);
    }
    let second = Certificate::new();
    second.store(&session.path("."));
    server.record_until("Took another certificate for new connections");
    assert_eq!(second.connect(&server).get(GOOD).status, 200);
}

#[test]
fn files_that_are_wrong_at_the_start_are_a_clear_error() {
    let session = Session::new();
    let complaint = |line: &str| session.run(line).failure(1);
    assert_eq!(
        complaint(LINE),
        "crunch_server: cannot listen at \"127.0.0.1:0\" (cannot read the certificate \"certificate.pem\": No such file or directory (os error 2))\n"
    );
    Certificate::new().store(&session.path("."));
    fs::write(session.path("key.pem"), "no key").unwrap();
    assert_eq!(
        complaint(LINE),
        "crunch_server: cannot listen at \"127.0.0.1:0\" (cannot read the key \"key.pem\": there is none in it in PEM form)\n"
    );
    let other = session.path("other");
    fs::create_dir(&other).unwrap();
    Certificate::new().store(&other);
    fs::rename(other.join("key.pem"), session.path("key.pem")).unwrap();
    let error = complaint(LINE);
    assert!(
        error.contains("cannot use the certificate \"certificate.pem\" with the key \"key.pem\": "),
        "{error}"
    );
    let alone = session
        .run("crunch_server --http-tls-key=key.pem")
        .failure(2);
    assert!(alone.contains("give --http-tls-certificate too"), "{alone}");
}
