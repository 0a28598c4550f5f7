//! What can be wrong with a request, and in the author's own code.

use ansar_tests::{Background, Client, Health, Response, Session};
use nix::sys::signal::Signal;

const GOOD: &str = "/Multiply?x=1.5&y=2.25";

/// More of a header than any client sends.
const ENDLESS: usize = 64 * 1024;

/// Whether a response is a fault in the usual form, and the last one of its connection.
#[track_caller]
fn assert_last_fault(response: &Response, status: u16, condition: &str) {
    assert_eq!(response.status, status, "{response:?}");
    assert_eq!(response.header("Connection"), Some("close"), "{response:?}");
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    let beginning = format!(r#"{{"value":["ansar.Faulted",{{"condition":"{condition}""#);
    assert!(response.body.starts_with(&beginning), "{response:?}");
}

/// What is no request, and how it is answered.
fn garbage() -> Vec<(Vec<u8>, u16, &'static str)> {
    let malformed = |bytes: &[u8]| (bytes.to_vec(), 400, "malformed request");
    let head = |line: &str, headers: &str| format!("{line}\r\nHost: x\r\n{headers}\r\n");
    let get = |headers: &str| head("GET /Multiply HTTP/1.1", headers).into_bytes();
    let post = |headers: &str| head("POST /Multiply HTTP/1.1", headers).into_bytes();
    vec![
        malformed(&[0; 100]),
        malformed(&(0..=255).collect::<Vec<u8>>()),
        // How TLS, SSH and a request of HTTP/0.9 begin.
        malformed(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        malformed(b"SSH-2.0-OpenSSH_9.6\r\n"),
        malformed(b"GET /Multiply\r\n\r\n"),
        malformed(b"GET  /Multiply HTTP/1.1\r\nHost: x\r\n\r\n"),
        malformed(b"GET Multiply HTTP/1.1\r\nHost: x\r\n\r\n"),
        malformed(b"GET /Multiply HTTP/1.1\r\n\r\n"),
        malformed(&get("Host: y\r\n")),
        malformed(&get("A\0: b\r\n")),
        malformed(&get("A : b\r\n")),
        malformed(&get("A: b\r\n folded\r\n")),
        malformed(&post("Content-Length: many\r\n")),
        malformed(&post("Content-Length: -1\r\n")),
        malformed(&post("Content-Length: 1\r\nContent-Length: 2\r\n")),
        malformed(&post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")),
        malformed(&[&post("Transfer-Encoding: chunked\r\n")[..], b"xyz\r\n"].concat()),
        (
            post("Transfer-Encoding: gzip\r\n"),
            501,
            "unsupported transfer coding",
        ),
        (
            head("CONNECT x:443 HTTP/1.1", "").into(),
            501,
            "cannot CONNECT",
        ),
        (
            head("GET /Multiply HTTP/3.0", "").into(),
            505,
            "unsupported version of HTTP",
        ),
        (
            get("Expect: the-unexpected\r\n"),
            417,
            "unsupported expectation",
        ),
        (
            get(&"A: b\r\n".repeat(200)),
            431,
            "there are too many request headers",
        ),
        (
            vec![b'A'; ENDLESS],
            431,
            "the request headers are too large",
        ),
        (
            get(&format!("A: {}\r\n", "b".repeat(ENDLESS))),
            431,
            "the request headers are too large",
        ),
    ]
}

#[test]
fn garbage_of_any_kind_is_answered_with_a_fault_and_closed() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0");
    let health = Health::of(&server, GOOD);
    server.record_until("Destroyed");
    for (bytes, status, condition) in garbage() {
        let mut client = Client::connect(&server);
        client.send(&bytes);
        assert_last_fault(&client.respond(), status, condition);
        assert!(client.is_closed(), "{}", bytes.escape_ascii());
        server.record_until(&format!("Refused with {status}: {condition}"));
        server.record_until(&format!("Destroyed, closed after {status}: {condition}"));
    }
    health.check(&server);
}

#[test]
fn a_request_that_breaks_off_is_answered_and_closed() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0");
    let health = Health::of(&server, GOOD);
    for beginning in [
        "GET /Mult",
        "GET /Multiply HTTP/1.1\r\nHost: x\r\n",
        "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"x\"",
        "POST /Multiply HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"x\"",
    ] {
        let mut client = Client::connect(&server);
        client.send(beginning);
        client.end();
        assert_last_fault(&client.respond(), 400, "malformed request");
        assert!(client.is_closed(), "{beginning:?}");
        server.record_until("Refused with 400: malformed request (the request ended before");
    }
    health.check(&server);
}

#[test]
fn good_bad_and_unknown_requests_sent_ahead_are_answered_in_order() {
    let session = Session::new();
    let server = session.serve("crunch_server --port=0");
    let health = Health::of(&server, GOOD);
    let post = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"x\":2,\"y\":3.5}";
    let requests = [
        (get_line("/Multiply?x=2&y=3"), 200, "6.0"),
        (get_line("/Divide?x=1&y=0"), 400, "y is zero"),
        (get_line("/Nope"), 404, "Nope"),
        (post.to_owned(), 200, "7.0"),
        (get_line("/Multiply?x=abc"), 400, "abc"),
    ];
    let rounds = 100;
    let ahead: String = requests.iter().map(|(text, ..)| text.as_str()).collect();
    let mut client = Client::connect(&server);
    client.send(ahead.repeat(rounds));
    client.send("NONSENSE\r\n\r\n");
    client.send(&ahead);
    for (_, status, answer) in std::iter::repeat_n(&requests, rounds).flatten() {
        let response = client.respond();
        assert_eq!(response.status, *status, "{response:?}");
        assert!(response.body.contains(answer), "{answer} in {response:?}");
    }
    assert_last_fault(&client.respond(), 400, "malformed request");
    assert!(client.is_closed(), "nothing behind nonsense is a request");
    health.check(&server);
}

fn get_line(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
}

#[test]
fn a_body_over_the_limit_is_refused_before_and_while_it_arrives() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0 --http-body-limit=1KB");
    let health = Health::of(&server, GOOD);
    let head = "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let chunk = format!("3e8\r\n{}\r\n", " ".repeat(1000));
    for (rest, status) in [
        ("Content-Length: 1001\r\n\r\n".to_owned(), 413),
        (
            format!("Content-Length: 1000\r\n\r\n{{}}{}", " ".repeat(998)),
            200,
        ),
        (
            format!("Transfer-Encoding: chunked\r\n\r\n{chunk}1\r\n \r\n"),
            413,
        ),
    ] {
        let mut client = Client::connect(&server);
        client.send(format!("{head}{rest}"));
        let response = client.respond();
        if status == 200 {
            assert_eq!(response.status, 200, "{response:?}");
            continue;
        }
        assert_last_fault(&response, status, "the request body is too large");
        assert!(client.is_closed());
        server.record_until("Refused with 413: the request body is too large (1000 bytes");
    }
    health.check(&server);
}

/// A fault in the author's code, and what the record says of it.
fn assert_survives(server: &mut Background, target: &str, status: u16, panic: &str) {
    let response = Client::connect(server).get(target);
    assert_eq!(response.status, status, "{response:?}");
    assert!(!response.body.contains(panic), "a client is told {panic:?}");
    let record = server.record_until(panic);
    let line = record.lines().last().unwrap();
    assert!(
        line.contains(" ! <00000002>Faulty - panicked at "),
        "{line}"
    );
}

#[test]
fn a_panic_in_any_handler_is_a_fault_of_that_message_only() {
    let session = Session::new();
    let mut server = session.serve("faulty_server");
    let health = Health::of(&server, "/Talk");
    for _ in 0..10 {
        assert_survives(&mut server, "/Panic", 500, "the handler was told to");
        assert_survives(&mut server, "/PanicLater", 500, "the work was told to");
        assert_survives(&mut server, "/PanicByTimer", 200, "the timer was told to");
    }
    health.check(&server);
    assert_eq!(server.stop(Signal::SIGINT).status, 130);
}

#[test]
fn a_client_that_speaks_http_2_is_told_so_in_http_1() {
    let session = Session::new();
    let mut server = session.serve("crunch_server --port=0");
    let health = Health::of(&server, GOOD);
    let mut client = Client::connect(&server);
    // The preface, and the frame of settings that comes with it.
    client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    let response = client.respond();
    assert!(response.head.starts_with("HTTP/1.1 505 "), "{response:?}");
    assert_last_fault(&response, 505, "unsupported version of HTTP");
    assert!(
        response.body.contains("send it as HTTP/1.1"),
        "{response:?}"
    );
    assert!(client.is_closed());
    server.record_until("Refused with 505: unsupported version of HTTP");
    health.check(&server);
}

#[test]
fn a_request_has_the_name_that_its_client_gives_it() {
    let session = Session::new();
    let mut server = session.serve("holding_server");
    let mut client = Client::connect(&server);
    for (request, status) in [
        ("GET /WhoAsks", 200),
        ("GET /Fill?bytes=many", 400),
        ("GET /Nope", 404),
        ("PUT /Nope", 404),
        ("PUT /Fill", 405),
    ] {
        let name = format!("order-7/{status}");
        client.send(format!(
            "{request} HTTP/1.1\r\nHost: x\r\nX-Request-Id: {name}\r\n\r\n"
        ));
        let response = client.respond();
        assert_eq!(response.status, status, "{response:?}");
        assert_eq!(
            response.header("X-Request-Id"),
            Some(name.as_str()),
            "{response:?}"
        );
        server.record_until(&format!("is called \"{name}\" by its client"));
    }
    assert_eq!(client.get("/WhoAsks").header("X-Request-Id"), None);
    client.send("POST /Fill HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1\r\nX-Request-Id: unread\r\n\r\n1");
    let refused = client.respond();
    assert_eq!(
        (refused.status, refused.header("X-Request-Id")),
        (415, Some("unread"))
    );
    server.record_until("is called \"unread\" by its client");
}

#[test]
fn a_handler_may_ask_who_asks() {
    let session = Session::new();
    let mut server = session.serve("holding_server");
    let mut client = Client::connect(&server);
    client.send("GET /WhoAsks HTTP/1.1\r\nHost: x\r\nUSER-Agent: crunch/1 \r\n\r\n");
    let response = client.respond();
    let record = server.record_until("Received WhoAsks from");
    let (_, request) = record.trim_end().rsplit_once(' ').unwrap();
    let text = format!("{} crunch/1 {request}", client.address());
    assert_eq!(
        response.body,
        format!(r#"{{"value":["holding_server.Text",{{"value":"{text}"}},[]]}}"#)
    );
}
