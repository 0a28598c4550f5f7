//! One section of the benchmark as a process: everything that it has started ends with
//! it, also when a signal ends it.

use std::error;
use std::io;
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

/// Waits for a signal that asks for the end.
async fn interruption() -> Error {
    match stop_signal().await {
        Ok(()) => Error::Interrupted,
        Err(source) => Error::Surroundings {
            action: "take signals",
            source,
        },
    }
}

async fn stop_signal() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
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
