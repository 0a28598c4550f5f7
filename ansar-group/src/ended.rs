//! How a process ended.

use std::fmt;

use nix::sys::signal::Signal;
use serde::Serialize;

/// How the first process of a role ended, as the kernel told its parent.
///
/// In a document: `{"exit": 1}` or `{"signal": 9}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ended {
    /// It ended by itself, with this exit status (0 to 255).
    Exit(i32),
    /// This signal ended it.
    Signal(i32),
}

impl Ended {
    /// Whether it ended by itself with status 0.
    pub(crate) fn is_success(self) -> bool {
        self == Self::Exit(0)
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exit(status) => write!(f, "ended with exit status {status}"),
            Self::Signal(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "was ended by signal {number} ({signal})"),
                Err(_) => write!(f, "was ended by signal {number}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_words() {
        assert_eq!(Ended::Exit(1).to_string(), "ended with exit status 1");
        assert_eq!(
            Ended::Signal(9).to_string(),
            "was ended by signal 9 (SIGKILL)"
        );
        assert_eq!(Ended::Signal(40).to_string(), "was ended by signal 40");
    }

    #[test]
    fn an_end_has_a_short_form_in_documents() {
        let text = |how| serde_json::to_string(&how).unwrap();
        assert_eq!(text(Ended::Exit(1)), r#"{"exit":1}"#);
        assert_eq!(text(Ended::Signal(9)), r#"{"signal":9}"#);
    }
}
