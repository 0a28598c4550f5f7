//! What a supervisor says to whoever started it: one line of JSON, once.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use ansar_home_layout::RoleName;
use serde::{Deserialize, Serialize};

/// How the start of a group went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Report {
    /// Every role is ready, or has completed.
    Ready,
    /// A role did not become ready; nothing was left running.
    Failed {
        /// The role.
        role: RoleName,
        /// Why, as a clause about the role: `it was not ready after 30s`, or
        /// `cannot run "/home/bin/x": …`.
        reason: String,
        /// The last lines that it printed, at most 10, oldest first.
        lines: Vec<String>,
    },
    /// The group has a supervisor already; nothing was done.
    AlreadyRunning,
    /// The group was stopped before every role was ready; nothing was left running.
    Stopped,
    /// The supervisor itself could not do its work; nothing was left running.
    Broken {
        /// Why, in full.
        reason: String,
    },
}

/// Where the report goes. Whoever waits there sees the end when this is dropped.
#[derive(Debug)]
pub(crate) struct Reporter(File);

impl Reporter {
    pub(crate) fn new(descriptor: OwnedFd) -> Self {
        Self(File::from(descriptor))
    }

    /// Says the report, and that there is nothing more.
    pub(crate) fn say(mut self, report: &Report) -> io::Result<()> {
        let mut line = serde_json::to_vec(report)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_of_json() {
        let failed = Report::Failed {
            role: RoleName::parse("web").unwrap(),
            reason: "it was not ready after 30s".to_owned(),
            lines: vec!["a\nb".to_owned()],
        };
        let text = serde_json::to_string(&failed).unwrap();
        assert_eq!(
            text,
            r#"{"failed":{"role":"web","reason":"it was not ready after 30s","lines":["a\nb"]}}"#
        );
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), failed);
        assert_eq!(
            serde_json::to_string(&Report::AlreadyRunning).unwrap(),
            r#""already_running""#
        );
    }
}
