//! Reading a store: the chains of a folder, merged by time.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use crate::chain::{Chain, Step};
use crate::entry::Entry;
use crate::error::Error;
use crate::name::SegmentName;
use crate::stamp::Stamp;

/// A store, for reading. It takes no lock and changes nothing; records may be added, and
/// the oldest deleted, while it is read.
#[derive(Clone, Debug)]
pub struct Store {
    folder: Arc<Path>,
}

impl Store {
    /// The store in `folder`; one that is missing has no records.
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The records from `begin` on (from the oldest, when there is none) that are before `end`
    /// (up to the newest, when there is none), in the order of their stamps; records with the
    /// same stamp in the order in which their writer wrote them. Nothing is read that is not
    /// asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the folder cannot be listed. What cannot be read later comes as
    /// [`Entry::Damage`].
    pub fn records(&self, begin: Option<Stamp>, end: Option<Stamp>) -> Result<Records, Error> {
        let names = self.names().map_err(|source| Error::Io {
            action: "list the log store in",
            path: self.folder.to_path_buf(),
            source,
        })?;
        let sources = chains(names)
            .into_iter()
            .enumerate()
            .filter_map(|(order, segments)| {
                let mut chain = Chain::new(Arc::clone(&self.folder), segments, begin, end);
                let head = Head::of(chain.step()?, Stamp::MIN);
                Some(Reverse(Source { head, order, chain }))
            })
            .collect();
        Ok(Records { sources })
    }

    /// The segments of the folder, in the order of their making.
    fn names(&self) -> io::Result<Vec<SegmentName>> {
        let listing = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listing => listing?,
        };
        let mut names = Vec::new();
        for entry in listing {
            names.extend(entry?.file_name().to_str().and_then(SegmentName::parse));
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// Segments by chain; where the names of one go back in time, as no writer makes them, another begins.
fn chains(names: Vec<SegmentName>) -> Vec<Vec<SegmentName>> {
    let mut chains: BTreeMap<u64, Vec<Vec<SegmentName>>> = BTreeMap::new();
    for name in names {
        let parts = chains.entry(name.chain).or_default();
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|last| last.first <= name.first) => {
                part.push(name);
            }
            _ => parts.push(vec![name]),
        }
    }
    chains.into_values().flatten().collect()
}

/// Records of a store, in the order of their stamps.
#[derive(Debug)]
pub struct Records {
    sources: BinaryHeap<Reverse<Source>>,
}

impl Iterator for Records {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let mut top = self.sources.peek_mut()?;
            let Source { head, chain, .. } = &mut top.0;
            let entry = match std::mem::replace(head, Head::Segment(head.stamp())) {
                Head::Entry(_, entry) => Some(entry),
                Head::Segment(_) => chain.open_next().map(Entry::Damage),
            };
            match chain.step() {
                Some(step) => *head = Head::of(step, head.stamp()),
                None => drop(PeekMut::pop(top)),
            }
            if entry.is_some() {
                return entry;
            }
        }
    }
}

/// A chain in the merge.
#[derive(Debug)]
struct Source {
    head: Head,
    /// Its place among chains that have records with the same stamp.
    order: usize,
    chain: Chain,
}

/// What a chain has next, and when.
#[derive(Debug)]
enum Head {
    Entry(Stamp, Entry),
    /// A segment that is opened when its time has come.
    Segment(Stamp),
}

impl Head {
    /// What comes after something at `last`.
    fn of(step: Step, last: Stamp) -> Self {
        match step {
            Step::Entry(Entry::Record(record)) => {
                Self::Entry(record.stamp(), Entry::Record(record))
            }
            // A damaged place has no time of its own; it is told where it is met.
            Step::Entry(damage) => Self::Entry(last, damage),
            Step::Segment(first) => Self::Segment(first),
        }
    }

    const fn stamp(&self) -> Stamp {
        match self {
            Self::Entry(stamp, _) | Self::Segment(stamp) => *stamp,
        }
    }
}

impl Source {
    /// At the same time segments are opened before records are given, because theirs may
    /// have to come first.
    const fn key(&self) -> (Stamp, bool, usize) {
        (
            self.head.stamp(),
            matches!(self.head, Head::Entry(..)),
            self.order,
        )
    }
}

impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Source {}
