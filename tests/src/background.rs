//! A server that runs beside a test.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::DEADLINE;
use crate::ending::{ends_within, exit_status, wait_in_time};
use crate::outcome::Outcome;

/// A server that runs on its own.
#[derive(Debug)]
pub struct Background {
    child: Child,
    /// What it prints, line by line. It is taken as soon as it is there, so that no server is held
    /// up by a test that looks at something else.
    lines: Receiver<String>,
    /// Where it listens.
    pub port: u16,
    /// What it has printed until it listened.
    pub beginning: String,
}

impl Background {
    /// Starts a server with its record on standard error, and waits until it listens.
    pub(crate) fn start(mut command: Command) -> Self {
        let child = command
            .arg("--debug-level=DEBUG")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        Self::new(child.expect("it starts"))
    }

    fn new(mut child: Child) -> Self {
        let lines = lines(child.stderr.take().expect("it is piped"));
        let mut server = Self {
            child,
            lines,
            port: 0,
            beginning: String::new(),
        };
        while server.port == 0 {
            let line = server.line();
            assert_ne!(line, "", "the server does not listen: {}", server.beginning);
            server.port = listening_port(&line).unwrap_or(0);
            server.beginning.push_str(&line);
        }
        server
    }

    /// Its process.
    pub fn process(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a pid is a small number")
    }

    /// The next line that it prints; empty at the end.
    pub fn line(&mut self) -> String {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => String::new(),
            Err(RecvTimeoutError::Timeout) => panic!("the server prints nothing more"),
        }
    }

    /// Waits until it has printed something, and gives the lines up to there.
    pub fn record_until(&mut self, text: &str) -> String {
        self.record_until_times(text, 1)
    }

    /// Waits until it has printed so many lines with something in them, and gives the lines up to
    /// there.
    pub fn record_until_times(&mut self, text: &str, times: usize) -> String {
        let (mut record, mut found) = (String::new(), 0);
        while found < times {
            let line = self.line();
            assert_ne!(line, "", "no {text:?} for the {times}. time: {record}");
            found += usize::from(line.contains(text));
            record.push_str(&line);
        }
        record
    }

    /// Whether it ends within a limit.
    pub fn ends_within(&self, limit: Duration) -> bool {
        ends_within(&self.child, limit)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process()), signal).expect("the server runs");
    }

    /// Sends it a signal, and waits for its end; gives what it printed since it listened.
    pub fn stop(mut self, signal: Signal) -> Outcome {
        self.signal(signal);
        self.finish()
    }

    /// Waits for its end.
    pub fn finish(&mut self) -> Outcome {
        assert!(wait_in_time(&self.child), "the server does not end");
        let status = exit_status(self.child.wait().expect("it has ended"));
        Outcome {
            status,
            stdout: String::new(),
            stderr: self.lines.iter().collect(),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines as long as there are any, on a thread of its own.
fn lines(errors: ChildStderr) -> Receiver<String> {
    let (reader, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut errors = BufReader::new(errors);
        loop {
            let mut line = String::new();
            let length = errors.read_line(&mut line).expect("a pipe can be read");
            // When the test is done, nobody wants the rest.
            if length == 0 || reader.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The port in a line of the record that says where the server listens.
pub(crate) fn listening_port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once(" - Listening")?;
    let address = address.split('"').nth(1)?;
    address.rsplit(':').next()?.parse().ok()
}
