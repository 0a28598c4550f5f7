//! The few things that a writer asks of the file system, so that tests can refuse each of them.

use std::io;
use std::time::Duration;

use crate::name::SegmentName;
use crate::tail::Tail;

/// A folder of segments, as its writer sees it.
pub(crate) trait Storage {
    /// A segment that is open for appending and held against every other writer.
    type Segment;
    /// Keeps other writers from beginning segments, until it is dropped.
    type Guard<'a>
    where
        Self: 'a;

    /// Waits, not for ever, until no other writer is beginning a segment.
    fn lock(&self) -> io::Result<Self::Guard<'_>>;
    /// What is in the folder now.
    fn list(&self) -> io::Result<Listing>;
    /// Makes and holds a segment that must not exist.
    fn create(&self, name: SegmentName) -> io::Result<Self::Segment>;
    /// Opens and holds a segment; `None` when a writer has it, or when it is gone.
    fn take(&self, name: SegmentName) -> io::Result<Option<Self::Segment>>;
    /// How a segment ends.
    fn tail(&self, segment: &Self::Segment) -> io::Result<Tail>;
    /// Allocates a segment's first `bytes`, its length unchanged.
    fn reserve(&self, segment: &Self::Segment, bytes: u64) -> io::Result<()>;
    /// Appends some of `bytes`; returns how many.
    fn append(&self, segment: &Self::Segment, bytes: &[u8]) -> io::Result<usize>;
    /// Makes a segment `length` bytes long and gives back what is reserved beyond.
    fn cut(&self, segment: &Self::Segment, length: u64) -> io::Result<()>;
    /// Deletes a segment.
    fn remove(&self, name: SegmentName) -> io::Result<()>;
    /// Time since some fixed moment, never going back.
    fn elapsed(&self) -> Duration;
}

/// A file of the folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: SegmentName,
    /// Bytes in the file.
    pub(crate) length: u64,
    /// Bytes that it has on the disk.
    pub(crate) allocated: u64,
}

/// What is in a folder at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// The segments, lowest number first.
    pub(crate) segments: Vec<Entry>,
    /// Bytes on the disk of the folder and of everything in it, segments or not.
    pub(crate) allocated: u64,
}
