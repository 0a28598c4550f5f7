//! What clients ask, and what they are answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};

use ansar_tests::{Background, DEADLINE, Response, Session, exchange, get, respond};

const PRODUCT: &str = r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#;

fn crunch(session: &Session) -> Background {
    session.serve("crunch_server --port=0")
}

fn connect(server: &Background) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

fn post(server: &Background, content_type: &str, body: &str) -> Response {
    let length = body.len();
    let head = format!("POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n");
    exchange(
        server.port,
        &format!("{head}Content-Length: {length}\r\n\r\n{body}"),
    )
}

/// Whether the server has closed the connection, without another byte.
fn is_closed(mut stream: BufReader<TcpStream>) -> bool {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).is_ok() && rest.is_empty()
}

#[test]
fn members_come_in_the_query_in_a_form_or_in_json() {
    let session = Session::new();
    let server = crunch(&session);
    assert_eq!(get(server.port, "/Multiply?x=1.5&y=2.25").body, PRODUCT);
    assert_eq!(
        get(server.port, "/any/prefix/Multiply?x=1.5&y=2.25").body,
        PRODUCT
    );
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(&server, form, "x=1.5&y=2.25").body, PRODUCT);
    for body in [
        r#"{"x":1.5,"y":2.25}"#,
        r#"{"value":{"x":1.5,"y":2.25}}"#,
        " { \"y\" : 2.25, \"x\" : 15e-1 } ",
    ] {
        assert_eq!(
            post(&server, "application/json; charset=utf-8", body).body,
            PRODUCT,
            "{body}"
        );
    }
    let whole = r#"{"value":["crunch_api.Output",{"value":6.0},[]]}"#;
    assert_eq!(get(server.port, "/Multiply?x=2&y=3").body, whole);
    assert_eq!(
        post(&server, "application/json", r#"{"x":2,"y":3}"#).body,
        whole
    );
    let defaults = r#"{"value":["crunch_api.Output",{"value":0.0},[]]}"#;
    assert_eq!(get(server.port, "/Multiply?x=2").body, defaults);
    assert_eq!(get(server.port, "/Multiply").body, defaults);
    assert_eq!(post(&server, "application/json", "{}").body, defaults);
}

#[test]
fn a_connection_is_kept_and_requests_may_be_sent_ahead() {
    let session = Session::new();
    let server = crunch(&session);
    let mut stream = connect(&server);
    let requests: String = [
        "Multiply?x=1&y=1",
        "Nope",
        "Multiply?x=abc",
        "Multiply?x=2&y=2",
    ]
    .map(|target| format!("GET /{target} HTTP/1.1\r\nHost: x\r\n\r\n"))
    .concat();
    stream.get_mut().write_all(requests.as_bytes()).unwrap();
    let statuses = [0; 4].map(|_| respond(&mut stream).status);
    assert_eq!(statuses, [200, 404, 400, 200]);
    stream
        .get_mut()
        .write_all(b"GET /Multiply?x=1.5&y=2.25 HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert_eq!(respond(&mut stream).body, PRODUCT);
}

#[test]
fn a_request_may_arrive_byte_by_byte() {
    let session = Session::new();
    let server = crunch(&session);
    let mut stream = connect(&server);
    let body = r#"{"x":1.5,"y":2.25}"#;
    let head = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n";
    for byte in format!("{head}{body}").bytes() {
        stream.get_mut().write_all(&[byte]).unwrap();
    }
    assert_eq!(respond(&mut stream).body, PRODUCT);
}

#[test]
fn a_body_may_be_chunked() {
    let session = Session::new();
    let server = crunch(&session);
    let head = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let chunks =
        "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"x\":1.\r\nb\r\n5,\"y\":2.25}\r\n0\r\n\r\n";
    assert_eq!(
        exchange(server.port, &format!("{head}{chunks}")).body,
        PRODUCT
    );
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    let session = Session::new();
    let server = crunch(&session);
    let mut stream = connect(&server);
    let request = "HEAD /Multiply?x=1.5&y=2.25 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains(&format!("Content-Length: {}\r\n", PRODUCT.len())),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_connection_ends_when_the_client_says_so() {
    let session = Session::new();
    let server = crunch(&session);
    for (version, header, is_kept) in [
        ("1.1", "", true),
        ("1.1", "Connection: close\r\n", false),
        ("1.0", "", false),
        ("1.0", "Connection: keep-alive\r\n", true),
    ] {
        let mut stream = connect(&server);
        let request =
            format!("GET /Multiply?x=1.5&y=2.25 HTTP/{version}\r\nHost: x\r\n{header}\r\n");
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        assert_eq!(respond(&mut stream).body, PRODUCT);
        if is_kept {
            stream.get_mut().write_all(request.as_bytes()).unwrap();
            assert_eq!(respond(&mut stream).body, PRODUCT, "{version} {header}");
        } else {
            assert!(is_closed(stream), "{version} {header}");
        }
    }
}

#[test]
fn a_client_that_has_said_all_still_gets_its_answer() {
    let session = Session::new();
    let server = crunch(&session);
    let mut stream = connect(&server);
    stream
        .get_mut()
        .write_all(b"GET /Multiply?x=1.5&y=2.25 HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    stream.get_mut().shutdown(Shutdown::Write).unwrap();
    assert_eq!(respond(&mut stream).body, PRODUCT);
    assert!(is_closed(stream));
}

#[test]
fn a_client_that_waits_for_leave_to_send_its_body_gets_it() {
    let session = Session::new();
    let server = crunch(&session);
    let mut stream = connect(&server);
    let head = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 18\r\n";
    stream
        .get_mut()
        .write_all(format!("{head}Expect: 100-continue\r\n\r\n").as_bytes())
        .unwrap();
    let mut leave = String::new();
    stream.read_line(&mut leave).unwrap();
    assert_eq!(leave, "HTTP/1.1 100 Continue\r\n");
    stream.read_line(&mut leave).unwrap();
    stream
        .get_mut()
        .write_all(br#"{"x":1.5,"y":2.25}"#)
        .unwrap();
    assert_eq!(respond(&mut stream).body, PRODUCT);
}

/// What is wrong with a request is named in a fault of the usual shape, and the server goes on.
#[track_caller]
fn assert_refused(server: &Background, response: &Response, status: u16, culprit: &str) {
    assert_eq!(response.status, status, "{response:?}");
    assert!(
        response
            .body
            .starts_with(r#"{"value":["ansar.Faulted",{"condition":""#),
        "{response:?}"
    );
    assert!(
        response.body.contains(culprit),
        "no {culprit} in {response:?}"
    );
    assert_eq!(
        response.header("Content-Type"),
        Some("application/json"),
        "{response:?}"
    );
    assert_eq!(get(server.port, "/Multiply?x=1.5&y=2.25").body, PRODUCT);
}

#[test]
fn a_request_that_makes_no_sense_is_refused_and_named() {
    let session = Session::new();
    let server = crunch(&session);
    let refused = |target: &str, status, culprit| {
        assert_refused(&server, &get(server.port, target), status, culprit);
    };
    refused(
        "/Divide?x=1.5&y=0",
        400,
        r#""condition":"cannot divide","explanation":"y is zero""#,
    );
    refused("/Nope?x=1", 404, r#"no message \"Nope\""#);
    refused("/", 404, "no message");
    refused(
        "/Multiply?z=1",
        400,
        "unknown member `z`, expected `x` or `y`",
    );
    refused(
        "/Multiply?x=abc",
        400,
        r#"near \"x\": expected a number, got \"abc\""#,
    );
    refused(
        "/Multiply?x=1&x=2",
        400,
        r#"near \"x\": member given twice"#,
    );
    refused(
        "/Multiply?x=1e308&y=1e308",
        500,
        r#"near \"value\": JSON has no form for the number inf"#,
    );
    refused(
        &format!("/Multiply?x={}", "1".repeat(9000)),
        414,
        "the request target is too long",
    );
    let json = |body: &str, culprit| {
        assert_refused(
            &server,
            &post(&server, "application/json", body),
            400,
            culprit,
        );
    };
    json(
        r#"{"x":"abc"}"#,
        r#"near \"x\": expected a number, got \"abc\""#,
    );
    json(r#"{"z":1}"#, "unknown member `z`");
    json(r#"{"x":1"#, "malformed JSON");
    json("[1,2]", "expected an object of members");
    let response = post(&server, "text/plain", "x=1");
    assert_refused(
        &server,
        &response,
        415,
        r#"unsupported content type \"text/plain\""#,
    );
}

#[test]
fn a_method_that_sends_no_message_is_refused_with_those_that_do() {
    let session = Session::new();
    let server = crunch(&session);
    let response = exchange(
        server.port,
        "PUT /Multiply HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    );
    assert_eq!(response.header("Allow"), Some("GET, HEAD, POST"));
    assert_refused(&server, &response, 405, "cannot PUT Multiply");
}

#[test]
fn what_is_too_large_is_refused() {
    let session = Session::new();
    let server = crunch(&session);
    let headers = format!(
        "GET /Multiply HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n",
        "a".repeat(20_000)
    );
    assert_refused(
        &server,
        &exchange(server.port, &headers),
        431,
        "the request headers are too large",
    );
    let head = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let announced = exchange(
        server.port,
        &format!("{head}Content-Length: 2000000\r\n\r\n"),
    );
    assert_refused(&server, &announced, 413, "the request body is too large");
    let chunk = format!("80000\r\n{}\r\n", " ".repeat(0x80000));
    let chunked = exchange(
        server.port,
        &format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}1\r\n \r\n"),
    );
    assert_refused(&server, &chunked, 413, "the request body is too large");
}

#[test]
fn what_is_not_http_gets_an_answer_and_an_end() {
    let session = Session::new();
    let server = crunch(&session);
    for garbage in ["\0\x01\x02\r\n\r\n", "what is this\r\n\r\n", "GET\r\n\r\n"] {
        let mut stream = connect(&server);
        stream.get_mut().write_all(garbage.as_bytes()).unwrap();
        assert_eq!(respond(&mut stream).status, 400, "{garbage:?}");
        assert!(is_closed(stream));
    }
    assert_eq!(get(server.port, "/Multiply?x=1.5&y=2.25").body, PRODUCT);
}
