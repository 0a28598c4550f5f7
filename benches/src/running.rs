//! A server that runs.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Error;
use crate::readiness::Readiness;

/// How long a server may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// What is to be run, besides the port that it is given.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub executable: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Program {
    /// A program that needs no arguments.
    pub fn new(executable: PathBuf) -> Self {
        Self {
            executable,
            arguments: Vec::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn argument(mut self, argument: String) -> Self {
        self.arguments.push(argument);
        self
    }
}

/// A process that is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    process: Pid,
    program: PathBuf,
    address: SocketAddr,
}

impl Running {
    /// Starts a server at a port that is free, with a folder as its home, and waits
    /// until it says that it is ready.
    pub async fn start(program: &Program, folder: &Path) -> Result<Self, Error> {
        let standard_error = folder.join("standard-error");
        Self::start_with(program, folder, &standard_error)
            .await
            .map_err(|source| Error::Start {
                standard_error: fs::read_to_string(&standard_error).unwrap_or_default(),
                program: program.executable.clone(),
                source,
            })
    }

    async fn start_with(
        program: &Program,
        folder: &Path,
        standard_error: &Path,
    ) -> io::Result<Self> {
        let address = free_address()?;
        let readiness = Readiness::in_folder(folder, &address.port().to_string())?;
        let child = Command::new(&program.executable)
            .args(&program.arguments)
            .arg(format!("--port={}", address.port()))
            .env("HOME", folder)
            .env("NOTIFY_SOCKET", readiness.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(standard_error)?)
            .spawn()?;
        let process = child
            .id()
            .and_then(|process| Pid::from_raw(i32::try_from(process).ok()?))
            .expect("a process that was not waited for has a number");
        let mut running = Self {
            child,
            process,
            program: program.executable.clone(),
            address,
        };
        tokio::select! {
            outcome = readiness.wait() => outcome?,
            outcome = running.child.wait() => {
                return outcome.and(Err(io::Error::other("it ended by itself")));
            }
        }
        Ok(running)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.process.as_raw_nonzero().get().unsigned_abs()
    }

    /// Asks it to end by SIGTERM, and waits until it has.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.terminate().await.map_err(|source| Error::Stop {
            program: self.program.clone(),
            source,
        })
    }

    async fn terminate(&mut self) -> io::Result<()> {
        kill_process(self.process, Signal::TERM)?;
        timeout(STOP_LIMIT, self.child.wait()).await?.map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to kill.
        if self.child.start_kill().is_ok() {
            // Tokio reaps later, and when this is the end there is no later.
            let _ = waitid(
                WaitId::Pid(self.process),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
            let _ = self.child.try_wait();
        }
    }
}

/// An address of the loopback interface that nobody listens at.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_is_dropped_is_gone_at_once() {
        let child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let number = child.id().unwrap();
        drop(Running {
            child,
            process: Pid::from_raw(number.try_into().unwrap()).unwrap(),
            program: "/bin/sleep".into(),
            address: free_address().unwrap(),
        });
        assert!(!Path::new(&format!("/proc/{number}")).exists());
    }

    #[tokio::test]
    async fn a_program_that_ends_at_once_is_an_error_that_says_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new("/bin/sh".into())
            .argument("-c".to_owned())
            .argument("echo no such thing >&2; exit 3".to_owned());
        let error = Running::start(&program, folder.path()).await.unwrap_err();
        assert_eq!(error.to_string(), "cannot start /bin/sh (no such thing)");
    }
}
