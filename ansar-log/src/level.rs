//! How much a record matters.

use std::fmt;
use std::str::FromStr;

/// How much a record matters, least first; a program shows a level and everything above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Details for whoever mends the program.
    Debug = 1,
    /// The course of events.
    Trace = 2,
    /// Lives of objects and the messages between them.
    Object = 3,
    /// Milestones, and the lines that a program printed.
    Console = 4,
    /// Something is not as it should be, and the program goes on.
    Warning = 5,
    /// Something failed.
    Fault = 6,
}

impl Level {
    /// Every level, least first.
    pub const ALL: [Self; 6] = [
        Self::Debug,
        Self::Trace,
        Self::Object,
        Self::Console,
        Self::Warning,
        Self::Fault,
    ];

    /// The name as it is written on a command line, in upper case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
            Self::Object => "OBJECT",
            Self::Console => "CONSOLE",
            Self::Warning => "WARNING",
            Self::Fault => "FAULT",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(name: &str) -> Result<Self, LevelError> {
        Self::ALL
            .into_iter()
            .find(|level| level.name() == name)
            .ok_or_else(|| LevelError(name.to_owned()))
    }
}

/// The text names no [`Level`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no level, expected FAULT, WARNING, CONSOLE, OBJECT, TRACE or DEBUG")]
pub struct LevelError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for level in Level::ALL {
            assert_eq!(level.name().parse(), Ok(level));
        }
    }

    #[test]
    fn a_name_in_lower_case_is_refused_with_the_names_that_are_expected() {
        let error = "debug".parse::<Level>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"debug\" is no level, expected FAULT, WARNING, CONSOLE, OBJECT, TRACE or DEBUG"
        );
    }

    #[test]
    fn a_fault_is_above_everything() {
        assert_eq!(Level::ALL.into_iter().max(), Some(Level::Fault));
    }
}
