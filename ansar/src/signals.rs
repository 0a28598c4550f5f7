//! The signals that ask a program to stop.

use std::fs;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// A request to stop, by the signal that brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopSignal {
    HangUp = 1,
    Interrupt = 2,
    Quit = 3,
    Terminate = 15,
}

impl StopSignal {
    /// The exit status of a program that a signal ended, as shells have it.
    pub(crate) fn exit_status(self) -> u8 {
        128 + self as u8
    }
}

/// All of them, as one stream.
#[derive(Debug)]
pub(crate) struct StopSignals {
    hang_up: Option<Signal>,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Takes the signals over from the system, which would end the program.
    pub(crate) fn take() -> io::Result<Self> {
        // Under `nohup` the end of the terminal is not the end of the program.
        let hang_up = (!is_ignored(StopSignal::HangUp)).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            hang_up: hang_up.transpose()?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) -> StopSignal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hang_up => StopSignal::HangUp,
            _ = self.interrupt.recv() => StopSignal::Interrupt,
            _ = self.quit.recv() => StopSignal::Quit,
            _ = self.terminate.recv() => StopSignal::Terminate,
        }
    }
}

fn is_ignored(signal: StopSignal) -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| mask_has(&status, signal))
}

/// Whether the mask of ignored signals in a process's status has a signal.
fn mask_has(status: &str, signal: StopSignal) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    mask >> (signal as u32 - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_found_in_the_mask_of_those_ignored() {
        let status = "Name:\tx\nSigIgn:\t0000000000001001\n";
        assert!(mask_has(status, StopSignal::HangUp));
        assert!(!mask_has(status, StopSignal::Interrupt));
        assert!(!mask_has("", StopSignal::HangUp));
    }

    #[test]
    fn a_stopped_program_has_the_exit_status_that_shells_expect() {
        assert_eq!(StopSignal::Interrupt.exit_status(), 130);
        assert_eq!(StopSignal::Terminate.exit_status(), 143);
    }
}
