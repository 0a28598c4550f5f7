//! What the arguments of a window are called, and what can be wrong with them.

use std::fmt;

/// An argument of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `--from`
    From,
    /// `--last`
    Last,
    /// `--start`
    Start,
    /// `--back`
    Back,
    /// `--to`
    To,
    /// `--span`
    Span,
    /// `--count`
    Count,
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::From => "--from",
            Self::Last => "--last",
            Self::Start => "--start",
            Self::Back => "--back",
            Self::To => "--to",
            Self::Span => "--span",
            Self::Count => "--count",
        })
    }
}

/// Why arguments do not make a window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// Two beginnings.
    #[error(
        "{0} and {1} are both beginnings, expected at most one of --from, --last, --start, --back"
    )]
    TwoBeginnings(Argument, Argument),
    /// Two endings.
    #[error("{0} and {1} are both endings, expected at most one of --to, --span, --count")]
    TwoEndings(Argument, Argument),
    /// A value of another form.
    #[error("{argument}={value:?} is not valid, expected {expected}")]
    Invalid {
        /// Which argument.
        argument: Argument,
        /// What was given.
        value: String,
        /// The form that is expected.
        expected: &'static str,
    },
    /// No such start.
    #[error("--start={index} does not exist, expected {}", range(*starts))]
    NoSuchStart {
        /// What was given.
        index: i64,
        /// How many starts there are.
        starts: usize,
    },
    /// An end before its beginning.
    #[error("the end {end} comes before the beginning {begin}")]
    EndBeforeBegin {
        /// The beginning, as it would be displayed.
        begin: String,
        /// The end.
        end: String,
    },
}

fn range(starts: usize) -> String {
    match starts {
        0 => "a program that was started".to_owned(),
        starts => format!("-{starts} to {}", starts - 1),
    }
}
