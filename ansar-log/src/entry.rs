//! What is found when a store is read.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::level::Level;
use crate::stamp::{STAMP_BYTES, Stamp};
use crate::tag::Tag;

/// The column of the tag.
const TAG: usize = STAMP_BYTES + 1;

/// What is found next in a store.
#[derive(Debug)]
pub enum Entry {
    /// A record, whole.
    Record(StoredRecord),
    /// A place that cannot be read; what comes after it is not lost.
    Damage(Damage),
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    pub(crate) stamp: Stamp,
    pub(crate) bytes: Vec<u8>,
}

impl StoredRecord {
    /// When it happened.
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Its line and continuation lines, each ended by a newline; not always UTF-8.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes after the stamp, for those who show another form of the stamp.
    pub fn bytes_after_stamp(&self) -> &[u8] {
        &self.bytes[STAMP_BYTES..]
    }

    /// What kind of event it is; `None` for a kind that this version does not know.
    pub fn tag(&self) -> Option<Tag> {
        Tag::of_symbol(self.bytes[TAG].into())
    }

    /// How much it matters; `None` when its tag is not known.
    pub fn level(&self) -> Option<Level> {
        self.tag().map(Tag::level)
    }
}

/// A place in a segment that is not a record.
#[derive(Debug)]
pub struct Damage {
    /// The segment.
    pub segment: PathBuf,
    /// Bytes before the place.
    pub offset: u64,
    /// Bytes of the place, 0 when that is not known.
    pub length: u64,
    /// What is wrong with it.
    pub cause: DamageCause,
}

/// What is wrong with a place in a segment.
#[derive(Debug)]
#[non_exhaustive]
pub enum DamageCause {
    /// The bytes are neither a record nor a continuation of one.
    NotARecord,
    /// The segment ends within a record, and nobody is writing it.
    Torn,
    /// The system refused to read it.
    Unreadable(io::Error),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            segment,
            offset,
            length,
            cause,
        } = self;
        let segment = segment.display();
        match cause {
            DamageCause::NotARecord => {
                write!(
                    f,
                    "{length} bytes at {offset} of \"{segment}\" are no record"
                )
            }
            DamageCause::Torn => write!(
                f,
                "\"{segment}\" ends within a record, {length} bytes from {offset}"
            ),
            DamageCause::Unreadable(error) => {
                write!(f, "cannot read \"{segment}\" from {offset}: {error}")
            }
        }
    }
}
