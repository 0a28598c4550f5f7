//! A user's terminal: a folder, an environment, and what was started from there.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, pidfd_open};
use tempfile::TempDir;

use crate::background::{Background, listening_port};
use crate::ending::{ends, exit_status, wait_in_time};
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
        Background::start(command)
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
        Background::start(command)
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

fn collect(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("a pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
