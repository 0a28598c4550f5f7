//! What kind of event a record is.

use crate::level::Level;

/// What kind of event a record is, written as one character in a fixed column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// `+` an object was created.
    Created,
    /// `X` an object was destroyed.
    Destroyed,
    /// `>` a message was sent.
    Sent,
    /// `<` a message was received, or dropped.
    Received,
    /// `(` a process was started.
    Started,
    /// `)` a process ended.
    Ended,
    /// `!` something failed.
    Fault,
    /// `?` something is not as it should be.
    Warning,
    /// `=` the outcome of a check.
    Check,
    /// `^` a milestone.
    Console,
    /// `~` the course of events.
    Trace,
    /// `&` named values at one moment.
    Sample,
    /// `_` a detail for whoever mends the program.
    Debug,
    /// `1` a line that a role printed on its standard output.
    Output,
    /// `2` a line that a role printed on its standard error.
    ErrorOutput,
}

impl Tag {
    /// Every tag.
    pub const ALL: [Self; 15] = [
        Self::Created,
        Self::Destroyed,
        Self::Sent,
        Self::Received,
        Self::Started,
        Self::Ended,
        Self::Fault,
        Self::Warning,
        Self::Check,
        Self::Console,
        Self::Trace,
        Self::Sample,
        Self::Debug,
        Self::Output,
        Self::ErrorOutput,
    ];

    /// The character in the record, always ASCII.
    pub const fn symbol(self) -> char {
        match self {
            Self::Created => '+',
            Self::Destroyed => 'X',
            Self::Sent => '>',
            Self::Received => '<',
            Self::Started => '(',
            Self::Ended => ')',
            Self::Fault => '!',
            Self::Warning => '?',
            Self::Check => '=',
            Self::Console => '^',
            Self::Trace => '~',
            Self::Sample => '&',
            Self::Debug => '_',
            Self::Output => '1',
            Self::ErrorOutput => '2',
        }
    }

    /// The tag that is written as `symbol`.
    pub fn of_symbol(symbol: char) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.symbol() == symbol)
    }

    /// How much a record with this tag matters.
    pub const fn level(self) -> Level {
        match self {
            Self::Created
            | Self::Destroyed
            | Self::Sent
            | Self::Received
            | Self::Started
            | Self::Ended => Level::Object,
            Self::Fault => Level::Fault,
            Self::Warning | Self::Check => Level::Warning,
            Self::Console | Self::Output | Self::ErrorOutput => Level::Console,
            Self::Trace | Self::Sample => Level::Trace,
            Self::Debug => Level::Debug,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_one_ascii_byte_and_is_read_back() {
        for tag in Tag::ALL {
            assert!(tag.symbol().is_ascii_graphic());
            assert_eq!(Tag::of_symbol(tag.symbol()), Some(tag));
        }
        assert_eq!(Tag::of_symbol('*'), None);
    }
}
