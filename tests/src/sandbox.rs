//! A place for one test: a folder and an environment that nothing else shares.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::binaries;
use crate::normal::normalised;
use crate::outcome::Outcome;
use crate::process::Process;
use crate::server::Server;
use crate::stragglers;

/// What the folder of a sandbox is called in normalised output.
const NAME: &str = "$SANDBOX";

/// A temporary folder, which is the working folder and the `HOME` of what runs in it.
///
/// When dropped, whatever still runs in it is killed, also what has detached itself, and the
/// folder is removed.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// Makes an empty one.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ansar-test-").tempdir();
        Self {
            folder: folder.expect("there is room for a temporary folder"),
        }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The content of a file in it.
    pub fn read(&self, name: &str) -> String {
        let path = self.file(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {path:?}: {error}"))
    }

    /// Writes a file in it, and makes the folders that it is in.
    pub fn write(&self, name: &str, content: &str) {
        let path = self.file(name);
        let folder = path.parent().expect("a file is in a folder");
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, content));
        written.unwrap_or_else(|error| panic!("cannot write {path:?}: {error}"));
    }

    /// A command that knows of nothing outside of the sandbox but the binaries of the
    /// workspace and the system's own.
    pub fn command(&self, program: &str) -> Command {
        let system = [Path::new("/usr/bin"), Path::new("/bin")];
        let folders = [binaries::folder()].into_iter().chain(system);
        let path = env::join_paths(folders).expect("the folders have ordinary names");
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path())
            .env("TZ", "UTC")
            .env("COLUMNS", "100");
        command
    }

    /// The path of a binary of the workspace.
    pub fn binary(&self, name: &str) -> &'static Path {
        binaries::path(name).unwrap_or_else(|| panic!("the workspace has no binary {name}"))
    }

    /// Runs a program to its end.
    pub fn run<I: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = I>) -> Outcome {
        self.spawn(program, arguments).wait()
    }

    /// Runs a line of shell to its end.
    pub fn shell(&self, line: &str) -> Outcome {
        self.run("sh", ["-c", line])
    }

    /// Starts a program.
    pub fn spawn<I: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = I>,
    ) -> Process {
        self.start(self.command(program).args(arguments))
    }

    /// Starts a command, which may have been given more than [`Sandbox::command`] gives.
    pub fn start(&self, command: &mut Command) -> Process {
        Process::start(command)
    }

    /// Starts a server on a port that is free, showing every record, and waits until it listens.
    pub fn serve(&self, program: &str) -> Server {
        self.serve_with(program, &[])
    }

    /// As [`Sandbox::serve`], with more arguments.
    pub fn serve_with(&self, program: &str, arguments: &[&str]) -> Server {
        let all = ["--port=0", "--debug-level=DEBUG"].iter().chain(arguments);
        Server::of(self.spawn(program, all))
    }

    /// The ids of the processes that run in this sandbox now, also of those that have
    /// detached themselves.
    pub fn processes(&self) -> Vec<u32> {
        stragglers::in_folder(self.path())
    }

    /// Output made comparable: what differs from run to run gets a name.
    pub fn normalised(&self, text: &str) -> String {
        let folder = self.path().to_string_lossy();
        normalised(&text.replace(folder.as_ref(), NAME))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        stragglers::kill_in_folder(self.path());
    }
}
