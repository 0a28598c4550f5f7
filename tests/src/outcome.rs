//! How a program ended, and what it printed.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::normal::normalised;

/// The end of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "either look at the output or check the exit status"]
pub struct Outcome {
    /// Its exit status, as a shell has it: 128 and the number of a signal that killed it.
    pub status: i32,
    /// Everything that it printed on standard output.
    pub stdout: String,
    /// Everything that it printed on standard error.
    pub stderr: String,
}

impl Outcome {
    pub(crate) fn new(status: ExitStatus, stdout: String, stderr: String) -> Self {
        let code = status.code();
        Self {
            status: code.unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
            stdout,
            stderr,
        }
    }

    /// What it printed on standard output; it must have succeeded, and have had nothing to
    /// complain of.
    pub fn succeeded(self) -> String {
        assert!(self.status == 0 && self.stderr.is_empty(), "{self}");
        self.stdout
    }

    /// What it printed on standard error; it must have ended with this status, and have
    /// printed nothing else.
    pub fn failed_with(self, status: i32) -> String {
        assert!(self.status == status && self.stdout.is_empty(), "{self}");
        self.stderr
    }
}

/// All of it, for snapshots: what differs from run to run is normalised.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "status: {}", self.status)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(formatter, "\n-- {name}\n{}", normalised(text.trim_end()))?;
            }
        }
        Ok(())
    }
}
