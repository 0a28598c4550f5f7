//! A server that listens.

use std::net::SocketAddr;

use crate::client::Client;
use crate::outcome::Outcome;
use crate::process::Process;
use crate::response::Response;
use nix::sys::signal::Signal;

/// A running server, which has said where it listens.
///
/// When dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
}

impl Server {
    /// Waits until the program says in its record that it listens, and where.
    pub(crate) fn of(process: Process) -> Self {
        let address = process.wait_for_error("about listening", |line| {
            let (_, rest) = line.split_once(" - Listening on \"")?;
            rest.split('"').next()?.parse().ok()
        });
        Self { process, address }
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connects to it.
    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Sends one request on a connection of its own, and reads the answer.
    pub fn ask(&self, request: impl AsRef<[u8]>) -> Response {
        self.connect().ask(request)
    }

    /// Asks by GET.
    pub fn get(&self, target: &str) -> Response {
        self.ask(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"))
    }

    /// Asks by POST, with a body.
    pub fn post(&self, target: &str, content_type: &str, body: &str) -> Response {
        self.ask(format!(
            "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Returns when the server has read all that was sent to it before: it reads in the
    /// order of arrival, and has answered something that arrived later.
    pub fn catch_up(&self) {
        let answer = self.get("/nothing-by-this-name");
        assert_eq!(answer.status(), 404, "{answer:?}");
    }

    /// Sends a signal, and waits for the end.
    pub fn end(self, signal: Signal) -> Outcome {
        self.process.signal(signal);
        self.process.wait()
    }

    /// Waits for the end, which comes for another reason.
    pub fn wait(self) -> Outcome {
        self.process.wait()
    }
}
