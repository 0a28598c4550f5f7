//! Answers that are none, or not those that were asked for.

use crate::scene::{Output, Scene};
use crate::server::{OUTPUT, Server, response};

/// Asks a server that answers each request so, and gives the status and the explanation.
fn fault(answer: &'static str) -> (u16, String) {
    let server = Server::start(move |mut client| {
        client.request();
        client.write(answer);
    });
    let scene = Scene::connect(server.address);
    let fault = scene.multiply(1.5).expect_err("it is no answer");
    let condition = format!(
        "cannot get an answer to Multiply from \"{}\"",
        server.address
    );
    assert_eq!(fault.condition(), condition);
    (fault.status(), fault.explanation().to_owned())
}

#[test]
fn an_answer_that_breaks_off_is_a_fault() {
    let expected = |reason: &str| (502, reason.to_owned());
    let closed = expected("connection closed before message completed");
    assert_eq!(fault(""), closed);
    assert_eq!(fault("HTTP/1.1 200 OK\r\nconte"), closed);
    let in_body = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"value\":[";
    let (status, reason) = fault(in_body);
    assert_eq!(status, 502);
    assert!(
        reason.contains("end of file before message length reached"),
        "{reason}"
    );
}

#[test]
fn an_answer_that_is_no_http_is_a_fault() {
    let (status, reason) = fault("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    assert_eq!(
        (status, reason.as_str()),
        (502, "invalid HTTP version parsed")
    );
}

#[test]
fn an_answer_of_another_kind_is_a_fault_that_says_what_came() {
    let answer = response("200 OK", r#"{"value":["other.Output",{"value":3.375},[]]}"#);
    assert_eq!(
        fault(answer.leak()),
        (502, "expected scene.Output, got other.Output".to_owned())
    );
    let answer = response("500 Internal Server Error", "out of paper");
    assert_eq!(
        fault(answer.leak()),
        (
            500,
            "500 Internal Server Error, \"out of paper\"".to_owned()
        )
    );
}

#[test]
fn an_answer_may_come_in_pieces() {
    let (head, body) = OUTPUT.split_once("\r\n\r\n").unwrap();
    let server = Server::start(move |mut client| {
        while client.request().is_some() {
            for byte in head.as_bytes().chunks(1).chain([&b"\r\n\r\n"[..]]) {
                client.write(std::str::from_utf8(byte).unwrap());
            }
            body.split_inclusive(',')
                .for_each(|piece| client.write(piece));
        }
    });
    let scene = Scene::connect(server.address);
    for _ in 0..3 {
        assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    }
    assert_eq!(server.accepted(), 1);
}

#[test]
fn an_answer_may_be_chunked() {
    let body = OUTPUT.split_once("\r\n\r\n").unwrap().1;
    let (front, back) = body.split_at(10);
    let answer = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n{front}\r\n{:x}\r\n{back}\r\n0\r\n\r\n",
        back.len()
    );
    let server = Server::answering(answer.leak());
    let scene = Scene::connect(server.address);
    for _ in 0..3 {
        assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    }
    assert_eq!(server.accepted(), 1);
}

#[test]
fn an_answer_that_is_too_long_is_a_fault() {
    let server = Server::start(|mut client| {
        client.request();
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        let megabyte = "x".repeat(1024 * 1024);
        for _ in 0..17 {
            client.write(&megabyte);
        }
    });
    let scene = Scene::connect(server.address);
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!(fault.status(), 502);
    assert_eq!(fault.explanation(), "it is longer than 16777216 bytes");
}

/// What no answer can be decoded to.
#[derive(Debug, PartialEq)]
struct Trap;

impl<'de> serde::Deserialize<'de> for Trap {
    fn deserialize<D: serde::Deserializer<'de>>(_deserializer: D) -> Result<Self, D::Error> {
        panic!("a mistake of the author's")
    }
}

#[test]
fn a_panic_while_an_answer_is_decoded_is_a_fault_of_that_call() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n7");
    let scene = Scene::connect(server.address);
    let fault = scene.run(scene.remote.get::<Trap>("/trap")).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot get an answer to GET /trap (decoding it panicked)"
    );
    assert_eq!(scene.run(scene.remote.get::<u8>("/seven")), Ok(7));
}
