//! A user's terminal: a folder, an environment, and what was started from there.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};
use tempfile::TempDir;

use crate::outcome::Outcome;
use crate::{DEADLINE, binary};

/// By this, everything that a session has started is found again, daemons too.
const MARK: &str = "ANSAR_TEST_SESSION";

/// A folder that is the home of a user, the working folder, and goes away with all that
/// was started in it.
#[derive(Debug)]
pub struct Session {
    folder: TempDir,
    mark: String,
}

impl Session {
    /// A user who has just sat down, with `ansar` and the servers on PATH.
    #[expect(
        clippy::new_without_default,
        reason = "a session is more than a default"
    )]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mark = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let session = Self {
            folder: TempDir::new().expect("a temporary folder"),
            mark,
        };
        let dist = session.path("dist");
        fs::create_dir(&dist).expect("an empty folder has room");
        fs::copy(binary("crunch_server"), dist.join("crunch_server"))
            .expect("the server was built");
        session
    }

    /// A path in the folder of the session.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command as the user types it: words between spaces.
    pub fn command(&self, line: &str) -> Command {
        let mut words = line.split_whitespace();
        let name = words.next().expect("a command has a name");
        let program = if name.contains('/') {
            PathBuf::from(name)
        } else {
            binary(name).to_path_buf()
        };
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env(MARK, &self.mark)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, line: &str) -> Outcome {
        self.run_with(&[], line)
    }

    /// Runs a command with variables to its end, as in `PORT=5 server`.
    pub fn run_with(&self, variables: &[(&str, &str)], line: &str) -> Outcome {
        finish(
            self.command(line)
                .envs(variables.iter().copied())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts"),
            line,
        )
    }

    /// Starts a server of the framework on its own, with its record on standard error, and
    /// waits until it listens.
    pub fn serve(&self, line: &str) -> Background {
        self.serve_with(&[], line)
    }

    /// Starts a server likewise, with variables.
    pub fn serve_with(&self, variables: &[(&str, &str)], line: &str) -> Background {
        let mut command = self.command(line);
        command.envs(variables.iter().copied());
        serve(command)
    }

    /// Starts a server likewise, with a limit that is given as to the shell's `ulimit`.
    pub fn serve_within(&self, limit: &str, line: &str) -> Background {
        let mut words = line.split_whitespace();
        let server = binary(words.next().expect("a command has a name"));
        let mut command = self.command("/bin/sh");
        command
            .args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")])
            .arg(server)
            .args(words);
        serve(command)
    }

    /// The bytes of a file in the folder of the session.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Where the role `crunch_server` listens, by its stored record.
    pub fn role_port(&self) -> u16 {
        let log = self.run("ansar log crunch_server").success();
        let last = log.lines().rev().find_map(listening_port);
        last.unwrap_or_else(|| panic!("the role does not listen: {log}"))
    }

    /// Waits until all that was started in this session has ended.
    pub fn wait_until_nothing_runs(&self) {
        for process in self.processes() {
            let number = rustix::process::Pid::from_raw(process).expect("a process has a number");
            // One that has ended since it was listed cannot be opened any more.
            if let Ok(descriptor) = pidfd_open(number, PidfdFlags::empty()) {
                assert!(ends(&descriptor, DEADLINE), "{process} does not end");
            }
        }
    }

    /// The processes that were started in this session and live.
    pub fn processes(&self) -> Vec<i32> {
        let entry = format!("{MARK}={}", self.mark);
        let numbers = fs::read_dir("/proc").expect("Linux has it").flatten();
        let numbers = numbers.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
        numbers
            .filter(|number| has_variable(*number, &entry))
            .collect()
    }
}

/// Starts a server with its record on standard error, and waits until it listens.
fn serve(mut command: Command) -> Background {
    let child = command
        .arg("--debug-level=DEBUG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    Background::new(child.expect("it starts"))
}

fn has_variable(process: i32, entry: &str) -> bool {
    fs::read(format!("/proc/{process}/environ")).is_ok_and(|environ| {
        environ
            .split(|byte| *byte == 0)
            .any(|variable| variable == entry.as_bytes())
    })
}

impl Drop for Session {
    fn drop(&mut self) {
        for process in self.processes() {
            // It may have ended meanwhile.
            let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
        }
    }
}

/// Waits for the end of a process, and for its output.
fn finish(mut child: Child, line: &str) -> Outcome {
    let output = child.stdout.take().map(collect);
    let errors = child.stderr.take().map(collect);
    assert!(wait_in_time(&child), "{line} does not end");
    let status = child.wait().expect("it has ended");
    let text = |reading: Option<thread::JoinHandle<String>>| {
        reading
            .map(|reading| reading.join().expect("reading does not panic"))
            .unwrap_or_default()
    };
    Outcome {
        status: exit_status(status),
        stdout: text(output),
        stderr: text(errors),
    }
}

fn exit_status(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("a pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Whether a process ends before the deadline.
fn wait_in_time(child: &Child) -> bool {
    ends_within(child, DEADLINE)
}

fn ends_within(child: &Child, limit: Duration) -> bool {
    let process = rustix::process::Pid::from_child(child);
    ends(&open(process), limit)
}

/// Kills any process, and waits for its end.
pub fn kill_and_wait(process: i32) {
    let number = rustix::process::Pid::from_raw(process).expect("a process has a number");
    let descriptor = open(number);
    kill(Pid::from_raw(process), Signal::SIGKILL).expect("the process runs");
    assert!(ends(&descriptor, DEADLINE), "{process} does not end");
}

fn open(process: rustix::process::Pid) -> OwnedFd {
    pidfd_open(process, PidfdFlags::empty()).expect("the process is there")
}

/// Whether a process ends within a limit; told by the system, not asked again and again.
fn ends(process: &OwnedFd, limit: Duration) -> bool {
    let limit = Timespec::try_from(limit).expect("a limit is short");
    let mut polled = [PollFd::new(process, PollFlags::IN)];
    poll(&mut polled, Some(&limit)).expect("a descriptor can be polled") > 0
}

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
fn listening_port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once(" - Listening")?;
    let address = address.split('"').nth(1)?;
    address.rsplit(':').next()?.parse().ok()
}
