//! One event, as a program hands it to the store.

use std::fmt;

use crate::stamp::Stamp;
use crate::tag::Tag;

/// The most bytes of one record, continuation lines included: a record that is larger is
/// a mistake of the program, and must not push everything else out of the store.
/// What is beyond is cut and said so at the end of the record.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// One event of one object at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// When it happened.
    pub stamp: Stamp,
    /// What kind of event it is.
    pub tag: Tag,
    /// The number of the object, unique in its process; 0 for none.
    pub object: u32,
    /// The name of the object, `Name` or `Name[STATE]`.
    pub name: &'a str,
    /// What is said about it.
    pub text: Text<'a>,
}

/// What a record says; of any length, with any bytes. Line ends and control bytes are
/// made harmless when the record is written.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// Formatted straight into the line.
    Format(fmt::Arguments<'a>),
    /// As it is; invalid UTF-8 is kept.
    Bytes(&'a [u8]),
}

impl<'a> From<fmt::Arguments<'a>> for Text<'a> {
    fn from(arguments: fmt::Arguments<'a>) -> Self {
        Self::Format(arguments)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(arguments) => write!(f, "{:?}", arguments.to_string()),
            Self::Bytes(bytes) => write!(f, "\"{}\"", bytes.escape_ascii()),
        }
    }
}
