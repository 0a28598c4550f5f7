//! The signals of the supervisor, as one stream.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, system};

/// What a signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// SIGCHLD: processes have ended.
    ChildEnded,
    /// SIGTERM or SIGINT: end the group. Which of them, for the record.
    Stop(&'static str),
}

/// The stream; to be installed before the first process is spawned.
#[derive(Debug)]
pub(crate) struct Signals {
    child: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Installs the handlers, within a runtime.
    pub(crate) fn install() -> Result<Self, Error> {
        let install = |kind| signal(kind).map_err(system("install a signal handler"));
        Ok(Self {
            child: install(SignalKind::child())?,
            terminate: install(SignalKind::terminate())?,
            interrupt: install(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal. Signals of one kind that come together are told once.
    pub(crate) async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Stop("SIGTERM"),
            _ = self.interrupt.recv() => Told::Stop("SIGINT"),
            _ = self.child.recv() => Told::ChildEnded,
        }
    }
}
