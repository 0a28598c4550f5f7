//! What a command says when it cannot do what it was asked for, and its exit status.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::output::Output;

/// Exit status of a command that could not be done.
const EXIT_FAILURE: u8 = 1;

/// Exit status of a command line that makes no sense.
const EXIT_USAGE: u8 = 2;

/// What is to become of the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The command line makes no sense, whatever is in the home.
    Usage,
    /// It cannot be done.
    Failure,
    /// Nobody reads what is printed any more: a normal end.
    ClosedPipe,
}

/// Why a command was not done; every command returns it, and only [`report`] prints it.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: ErrorKind,
    /// What cannot be done, in one line.
    message: String,
    /// Lines that belong to it, such as the last that a role printed.
    details: Vec<String>,
    /// What the user can do about it.
    hints: Vec<String>,
}

impl CommandError {
    /// It cannot be done.
    pub(crate) fn failure(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Failure, message.to_string())
    }

    /// The command line makes no sense.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Usage, message.to_string())
    }

    /// It cannot be done, by this cause.
    pub(crate) fn caused(message: impl fmt::Display, cause: &dyn Error) -> Self {
        Self::failure(format_args!("{message}: {}", in_full(cause)))
    }

    fn new(kind: ErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    pub(crate) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn detailed(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    /// The lines on standard error.
    pub(crate) fn lines(&self) -> Vec<String> {
        let message = format!("ansar: {}", one_line(&self.message));
        let details = self.details.iter().map(|line| one_line(line));
        let hints = self.hints.iter().map(|hint| one_line(hint));
        [message]
            .into_iter()
            .chain(details.map(|line| format!("    {line}")))
            .chain(hints.map(|hint| format!("hint: {hint}")))
            .collect()
    }
}

/// Prints why the command was not done, and chooses the exit status.
pub(crate) fn report(result: Result<(), CommandError>, output: &mut Output<'_>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let status = match error.kind {
        ErrorKind::ClosedPipe => return ExitCode::SUCCESS,
        ErrorKind::Usage => EXIT_USAGE,
        ErrorKind::Failure => EXIT_FAILURE,
    };
    // What was printed before the failure is not withheld; that nobody reads it is no news.
    let _ = output.flush();
    for line in error.lines() {
        output.word(line);
    }
    ExitCode::from(status)
}

/// An error and what caused it, in one line.
pub(crate) fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// A path, or a text that need not be one, in quotes.
pub(crate) fn quoted(text: &(impl AsRef<OsStr> + ?Sized)) -> String {
    format!("\"{}\"", text.as_ref().display())
}

/// What cannot be shown in a line, or does something to a terminal, is escaped.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\t' {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

impl From<ansar_home_layout::Error> for CommandError {
    fn from(error: ansar_home_layout::Error) -> Self {
        let hint = match &error {
            ansar_home_layout::Error::NoHome { .. } => {
                Some("\"ansar create\" makes a home, --home-path names one")
            }
            ansar_home_layout::Error::HomeExists { .. } => {
                Some("\"ansar destroy\" removes it, --home-path names another")
            }
            ansar_home_layout::Error::RoleExists { .. } => Some("\"ansar list\" shows the roles"),
            ansar_home_layout::Error::Running { .. } => {
                Some("\"ansar stop\" stops it, or use --force")
            }
            _ => None,
        };
        let error = Self::failure(in_full(&error));
        match hint {
            Some(hint) => error.hinted(hint),
            None => error,
        }
    }
}

impl From<ansar_group::Error> for CommandError {
    fn from(error: ansar_group::Error) -> Self {
        match error {
            ansar_group::Error::Home(error) => error.into(),
            error => Self::failure(in_full(&error)),
        }
    }
}

impl From<ansar_log::Error> for CommandError {
    fn from(error: ansar_log::Error) -> Self {
        Self::failure(in_full(&error))
    }
}

impl From<clap::Error> for CommandError {
    /// From clap's paragraphs to one line and its suggestion.
    fn from(error: clap::Error) -> Self {
        let text = error.to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let message: Vec<&str> = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let tips = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("tip: "))
            .filter(|tip| !tip.starts_with("to pass "));
        let mut error = Self::usage(message.join(" "));
        error.hints.extend(tips.map(str::to_owned));
        error
    }
}

/// What writing to standard output can end with.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::BrokenPipe => ErrorKind::ClosedPipe,
            _ => ErrorKind::Failure,
        };
        Self::new(kind, format!("cannot write to standard output: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn an_error_is_one_line_with_its_details_and_hints_below() {
        let error = CommandError::failure("cannot start \"a\nb\": it ended")
            .detailed(["x\x1b[2J".to_owned()])
            .hinted("look");
        assert_eq!(
            error.lines(),
            [
                "ansar: cannot start \"a\\nb\": it ended",
                "    x\\u{1b}[2J",
                "hint: look"
            ]
        );
    }

    #[test]
    fn a_missing_home_is_hinted_at() {
        let path = PathBuf::from("/x");
        let error = CommandError::from(ansar_home_layout::Error::NoHome { path });
        assert_eq!(
            error.lines(),
            [
                "ansar: cannot open home \"/x\": it does not exist",
                "hint: \"ansar create\" makes a home, --home-path names one"
            ]
        );
    }

    #[test]
    fn nobody_reading_is_a_normal_end_and_a_full_disk_is_not() {
        let closed = CommandError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.kind, ErrorKind::ClosedPipe);
        let full = CommandError::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.kind, ErrorKind::Failure);
        assert_eq!(
            full.lines(),
            ["ansar: cannot write to standard output: no storage space"]
        );
    }
}
