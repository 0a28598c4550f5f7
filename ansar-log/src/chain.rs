//! Reading the segments of one chain one after another.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::vec;

use crate::entry::{Damage, DamageCause, Entry};
use crate::name::SegmentName;
use crate::segment::Segment;
use crate::stamp::Stamp;

/// Segments along which stamps never go back, of which at most one is open.
#[derive(Debug)]
pub(crate) struct Chain {
    folder: Arc<Path>,
    begin: Option<Stamp>,
    end: Option<Stamp>,
    segments: vec::IntoIter<SegmentName>,
    open: Option<Segment>,
}

/// What a chain has next.
#[derive(Debug)]
pub(crate) enum Step {
    /// A record, or a damaged place.
    Entry(Entry),
    /// A segment that is not open yet, with no record before this stamp.
    Segment(Stamp),
}

impl Chain {
    /// The chain of `segments`, which are in order, from `begin` to before `end`.
    pub(crate) fn new(
        folder: Arc<Path>,
        mut segments: Vec<SegmentName>,
        begin: Option<Stamp>,
        end: Option<Stamp>,
    ) -> Self {
        if let Some(end) = end {
            segments.truncate(segments.partition_point(|segment| segment.first < end));
        }
        if let Some(begin) = begin {
            // The last one that starts before may reach beyond; those before it cannot.
            let after = segments.partition_point(|segment| segment.first < begin);
            segments.drain(..after.saturating_sub(1));
        }
        Self {
            folder,
            begin,
            end,
            segments: segments.into_iter(),
            open: None,
        }
    }

    /// What is next in the open segment, or the segment after it; `None` at the end.
    pub(crate) fn step(&mut self) -> Option<Step> {
        if let Some(entry) = self.open.as_mut().and_then(Segment::next) {
            if let (Entry::Record(record), Some(end)) = (&entry, self.end)
                && record.stamp >= end
            {
                self.open = None;
                self.segments = Vec::new().into_iter();
                return None;
            }
            return Some(Step::Entry(entry));
        }
        self.open = None;
        let next = self.segments.as_slice().first()?;
        Some(Step::Segment(next.first))
    }

    /// Opens the next segment; returns what is wrong when that cannot be.
    pub(crate) fn open_next(&mut self) -> Option<Damage> {
        let path = self.folder.join(self.segments.next()?.to_string());
        match Segment::open(path.clone(), self.begin) {
            Ok(segment) => self.open = Some(segment),
            // It was deleted to make room since the folder was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Some(Damage {
                    segment: path,
                    offset: 0,
                    length: 0,
                    cause: DamageCause::Unreadable(error),
                });
            }
        }
        None
    }
}
