//! As much of an HTTP client as it takes to see every byte.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::DEADLINE;

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The status line and the headers, as they came.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Response {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }
}

/// Asks by GET on a connection of its own.
pub fn get(port: u16, target: &str) -> Response {
    exchange(
        port,
        &format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
}

/// Sends a request on a connection of its own, and reads one response.
pub fn exchange(port: u16, request: &str) -> Response {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream
        .set_read_timeout(Some(DEADLINE))
        .expect("a socket has a time limit");
    stream
        .write_all(request.as_bytes())
        .expect("the server reads");
    respond(&mut BufReader::new(stream))
}

/// Reads the next response of a connection.
pub fn respond(stream: &mut impl BufRead) -> Response {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(
            stream.read_line(&mut head).expect("the server answers"),
            0,
            "no answer after {head:?}"
        );
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")
                .map(str::to_owned)
        })
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream
        .read_exact(&mut body)
        .expect("the body is as long as announced");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    Response {
        status,
        head,
        body: String::from_utf8(body).expect("a body is text"),
    }
}
