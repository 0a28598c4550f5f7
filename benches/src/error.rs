//! What can go wrong while something is measured.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a section of the benchmark has no result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A server did not become ready.
    #[error("cannot start {}{}", program.display(), said(standard_error))]
    Start {
        /// The executable.
        program: PathBuf,
        /// What it wrote to its standard error.
        standard_error: String,
        #[source]
        source: io::Error,
    },
    /// A server did not end.
    #[error("cannot stop {}", program.display())]
    Stop {
        /// The executable.
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A command that prepares something failed.
    #[error("cannot run \"{command}\": {problem}")]
    Command {
        /// The command line.
        command: String,
        /// What it said.
        problem: String,
    },
    /// A server was asked and did not answer.
    #[error("cannot ask {url}: {problem}")]
    Ask {
        /// What it was asked.
        url: String,
        /// What came in place of an answer.
        problem: String,
    },
    /// The use of memory or processors cannot be read.
    #[error("cannot account for process {process}")]
    Accounting {
        /// The process.
        process: u32,
        #[source]
        source: io::Error,
    },
    /// The load could not be made, or says nothing that can be read.
    #[error("cannot load {url} by wrk: {problem}")]
    Load {
        /// What was asked for.
        url: String,
        /// What wrk said, or why it did not run.
        problem: String,
    },
    /// Something around the servers failed: a folder, the runtime, a signal.
    #[error("cannot {action}")]
    Surroundings {
        /// What was tried.
        action: &'static str,
        #[source]
        source: io::Error,
    },
    /// A signal asked for the end.
    #[error("interrupted")]
    Interrupted,
}

fn said(standard_error: &str) -> String {
    match standard_error.trim() {
        "" => String::new(),
        text => format!(" ({text})"),
    }
}
