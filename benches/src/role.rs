//! The crunch server as a role, in a home that lasts as long as the measurement.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::Error;
use crate::running::free_address;

/// A role that runs, with every record of it stored. When it is dropped it is ended,
/// and its home removed.
#[derive(Debug)]
pub struct Role {
    /// What ends the role.
    _home: Home,
    processes: [u32; 2],
    address: SocketAddr,
}

impl Role {
    /// Creates a home by the `ansar` of a folder of executables, deploys the crunch
    /// server from there, and starts it.
    pub fn start(executables: &Path) -> Result<Self, Error> {
        let surroundings = |source| Error::Surroundings {
            action: "prepare a home",
            source,
        };
        let address = free_address().map_err(surroundings)?;
        let home = Home::prepare(executables).map_err(surroundings)?;
        home.ansar(&["create"])?;
        home.ansar(&["deploy", "dist"])?;
        home.ansar(&[
            "add",
            "crunch_server",
            "--role-name=crunch_server",
            &format!("--port={}", address.port()),
        ])?;
        home.ansar(&["start"])?;
        let listing = home.ansar(&["status", "--long-listing"])?;
        let processes = parse_processes(&listing).ok_or_else(|| Error::Command {
            command: "ansar status --long-listing".to_owned(),
            problem: format!("it names no processes: {listing:?}"),
        })?;
        Ok(Self {
            _home: home,
            processes,
            address,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The processes of the role and of its supervisor.
    pub fn processes(&self) -> [u32; 2] {
        self.processes
    }
}

/// A temporary folder with a home in it.
#[derive(Debug)]
struct Home {
    folder: TempDir,
    ansar: PathBuf,
}

impl Home {
    fn prepare(executables: &Path) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let dist = folder.path().join("dist");
        fs::create_dir(&dist)?;
        fs::copy(
            executables.join("crunch_server"),
            dist.join("crunch_server"),
        )?;
        Ok(Self {
            folder,
            // Commands run in the temporary folder, where a relative path leads elsewhere.
            ansar: fs::canonicalize(executables.join("ansar"))?,
        })
    }

    /// Runs a command in the folder, and gives what it printed.
    fn ansar(&self, arguments: &[&str]) -> Result<String, Error> {
        let failed = |problem: String| Error::Command {
            command: format!("ansar {}", arguments.join(" ")),
            problem,
        };
        let output = Command::new(&self.ansar)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // It may not have been created yet; the folder goes in any case.
        let _ = self.ansar(&["--force", "destroy"]);
    }
}

/// The process and the supervisor, of a line like
/// `crunch_server            <316995> (315985) 4m22.8s`.
fn parse_processes(listing: &str) -> Option<[u32; 2]> {
    let between = |open, close| {
        let (_, rest) = listing.split_once(open)?;
        rest.split_once(close)?.0.parse().ok()
    };
    Some([between('<', '>')?, between('(', ')')?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_processes_are_read_of_a_long_listing() {
        assert_eq!(
            parse_processes("crunch_server            <316995> (315985) 4m22.8s\n"),
            Some([316_995, 315_985])
        );
        assert_eq!(
            parse_processes("crunch_server            <316995> (unsupervised) 4m22.8s\n"),
            None
        );
        assert_eq!(parse_processes(""), None);
    }
}
