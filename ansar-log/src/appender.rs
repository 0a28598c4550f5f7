//! Appending records to a storage that may refuse anything at any time.

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::beginning::{Active, Need, begin};
use crate::cap::Cap;
use crate::header;
use crate::line::{self, Line};
use crate::record::Record;
use crate::stamp::{STAMP_BYTES, Stamp, StampText};
use crate::storage::Storage;
use crate::tag::Tag;

/// How often one record is tried: as it is, in a new segment, and once more with more room made.
const ATTEMPTS: usize = 3;

/// How long a storage that refused every attempt is left alone: a full disk must neither slow
/// the program down nor make the store delete itself in a race with whatever fills the disk.
const REST: Duration = Duration::from_secs(1);

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, and survives the end of the process.
    Stored,
    /// It could not be stored; a later record will say how many were lost, and why.
    Lost,
    /// It is not a record; nothing was stored, and nothing will be said.
    Refused,
}

/// Whether the storage is to be tried.
#[derive(Debug)]
enum State {
    /// Every record was stored.
    Sound,
    /// Records were lost that no record tells of yet.
    Losing {
        records: u64,
        reason: String,
        /// When to try again, by the storage's time.
        resume_at: Duration,
    },
}

/// Appends records, and remembers those that it could not.
#[derive(Debug)]
pub(crate) struct Appender<S: Storage> {
    storage: S,
    cap: Cap,
    active: Option<Active<S::Segment>>,
    state: State,
    last: Stamp,
    line: Line,
    stamp_text: StampText,
}

impl<S: Storage> Appender<S> {
    pub(crate) fn new(storage: S, cap: Cap) -> Self {
        Self {
            storage,
            cap,
            active: None,
            state: State::Sound,
            last: Stamp::MIN,
            line: Line::with_limit(cap.record_bytes_max()),
            stamp_text: StampText::new(),
        }
    }

    pub(crate) fn write(&mut self, record: &Record<'_>) -> Outcome {
        self.last = self.last.max(record.stamp);
        let mut line = std::mem::take(&mut self.line);
        let bytes = line.format(&Record {
            stamp: self.last,
            ..*record
        });
        let outcome = self.store(bytes);
        self.line = line;
        outcome
    }

    pub(crate) fn write_line(&mut self, bytes: &[u8]) -> Outcome {
        let Some(stamp) = header::stamp_of_one_record(bytes) else {
            return Outcome::Refused;
        };
        let is_late = stamp < self.last;
        self.last = self.last.max(stamp);
        if !is_late && bytes.len() <= self.cap.record_bytes_max() {
            return self.store(bytes);
        }
        let mut bytes = bytes.to_vec();
        bytes[..STAMP_BYTES].copy_from_slice(&self.stamp_text.of(self.last));
        line::cut(&mut bytes, self.cap.record_bytes_max());
        self.store(&bytes)
    }

    /// Stores one record, after the record of those that were lost before it.
    fn store(&mut self, bytes: &[u8]) -> Outcome {
        if let State::Losing {
            records, resume_at, ..
        } = &mut self.state
            && self.storage.elapsed() < *resume_at
        {
            *records += 1;
            return Outcome::Lost;
        }
        if let Err(error) = self.tell_of_losses().and_then(|()| self.append(bytes)) {
            self.lose(&error);
            return Outcome::Lost;
        }
        Outcome::Stored
    }

    fn tell_of_losses(&mut self) -> io::Result<()> {
        let State::Losing {
            records, reason, ..
        } = &self.state
        else {
            return Ok(());
        };
        let noun = if *records == 1 { "record" } else { "records" };
        let notice = Line::new()
            .format(&Record {
                stamp: self.last,
                tag: Tag::Warning,
                object: 0,
                name: "log",
                text: format_args!("{records} {noun} lost: {reason}").into(),
            })
            .to_vec();
        self.append(&notice)?;
        self.state = State::Sound;
        Ok(())
    }

    fn lose(&mut self, error: &io::Error) {
        let before = match self.state {
            State::Sound => 0,
            State::Losing { records, .. } => records,
        };
        self.state = State::Losing {
            records: before + 1,
            reason: error.to_string(),
            resume_at: self.storage.elapsed() + REST,
        };
    }

    /// Appends one record as a whole, or nothing of it.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut sacrifices = 0;
        let mut attempt = 1;
        loop {
            match self.attempt(bytes, sacrifices) {
                Err(error) if attempt < ATTEMPTS => {
                    sacrifices = if is_full(&error) { attempt } else { 0 };
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn attempt(&mut self, bytes: &[u8], sacrifices: usize) -> io::Result<()> {
        let record_bytes = bytes.len() as u64;
        let has_room = |active: &Active<_>| active.length + record_bytes <= active.reserved;
        if !self.active.as_ref().is_some_and(has_room) {
            self.seal();
            let need = Need {
                chain: self.active.as_ref().map(|active| active.chain),
                stamp: self.last,
                record_bytes,
                sacrifices,
            };
            self.active = Some(begin(&self.storage, self.cap, need)?);
        }
        let active = self.active.as_mut().expect("a segment was just begun");
        put(&self.storage, active, bytes)
    }

    /// Gives back what the open segment does not need.
    fn seal(&mut self) {
        if let Some(active) = &mut self.active {
            // Refused, it stays reserved until the next writer trims it.
            drop(self.storage.cut(&active.segment, active.length));
            active.reserved = 0;
        }
    }
}

impl<S: Storage> Drop for Appender<S> {
    fn drop(&mut self) {
        // Nobody is left to hear of a refusal.
        drop(self.tell_of_losses());
        self.seal();
    }
}

/// Appends `bytes` to the segment as a whole; refused, it takes a part back and closes the segment.
fn put<S: Storage>(storage: &S, active: &mut Active<S::Segment>, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    let error = loop {
        match storage.append(&active.segment, rest) {
            Ok(0) => break ErrorKind::WriteZero.into(),
            Ok(taken) if taken >= rest.len() => {
                active.length += bytes.len() as u64;
                return Ok(());
            }
            Ok(taken) => rest = &rest[taken..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break error,
        }
    };
    // Refused too, it is tried again when the segment is sealed; readers skip a torn end.
    drop(storage.cut(&active.segment, active.length));
    active.reserved = 0;
    Err(error)
}

/// Whether deleting something may help.
fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}

#[cfg(test)]
mod tests;
