//! One section of the benchmark as a process: everything that it has started ends with
//! it, also when a signal ends it.

use std::error;
use std::process::ExitCode;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::Error;

/// Runs a section until it has its result or is interrupted, and says what went wrong.
#[expect(clippy::print_stderr, reason = "the diagnostic of a program")]
pub fn run(name: &str, section: impl Future<Output = Result<(), Error>>) -> ExitCode {
    match run_in_runtime(section) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run_in_runtime(section: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::Surroundings {
            action: "make a runtime",
            source,
        })?;
    // The loser is dropped, and with it every process that it has started.
    runtime.block_on(async {
        tokio::select! {
            outcome = section => outcome,
            error = interruption() => Err(error),
        }
    })
}

async fn interruption() -> Error {
    let take = |kind| {
        signal(kind).map_err(|source| Error::Surroundings {
            action: "take signals",
            source,
        })
    };
    let signals = (
        take(SignalKind::interrupt()),
        take(SignalKind::terminate()),
        take(SignalKind::hangup()),
    );
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)) = signals else {
        let (interrupt, terminate, hangup) = signals;
        return interrupt
            .and(terminate)
            .and(hangup)
            .err()
            .unwrap_or(Error::Interrupted);
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Error::Interrupted
}

/// An error and what it comes from, as one line.
fn chain(error: &dyn error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
