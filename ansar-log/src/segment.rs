//! Reading the records of one segment in order.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::entry::{Damage, DamageCause, Entry, StoredRecord};
use crate::header::{self, CONTINUATION};
use crate::ofd;
use crate::record::RECORD_BYTES_MAX;
use crate::search;
use crate::stamp::Stamp;

/// Bytes read at once: the first time few, because a window is often short, and then more.
const FIRST_READ_BYTES: usize = 16 << 10;
const READ_BYTES: usize = 256 << 10;

/// One segment, open for reading.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    file: File,
    /// Records before it are passed over.
    begin: Option<Stamp>,
    bytes: Vec<u8>,
    /// Bytes of `bytes` that are done with.
    used: usize,
    /// The place in the segment of the first of `bytes`.
    offset: u64,
    read_bytes: usize,
    is_at_end: bool,
}

/// A line and its continuation lines.
enum Unit {
    Record(Stamp),
    NotARecord,
    Torn,
}

impl Segment {
    /// Opens a segment to read its records from `begin` on.
    pub(crate) fn open(path: PathBuf, begin: Option<Stamp>) -> io::Result<Self> {
        let file = File::open(&path)?;
        let offset = match begin {
            Some(begin) => search::offset_before(&file, begin)?,
            None => 0,
        };
        Ok(Self {
            path,
            file,
            begin,
            bytes: Vec::new(),
            used: 0,
            offset,
            read_bytes: FIRST_READ_BYTES,
            is_at_end: false,
        })
    }

    /// The next record or damaged place; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Entry> {
        let mut damage: Option<Damage> = None;
        loop {
            let (unit, length) = match self.unit() {
                Ok(Some(unit)) => unit,
                Ok(None) => return damage.map(Entry::Damage),
                Err(error) => return Some(self.fail(damage, error)),
            };
            match unit {
                Unit::Record(stamp) if self.begin.is_some_and(|begin| stamp < begin) => {
                    // What is damaged before the window is not the window's.
                    damage = None;
                    self.used += length;
                }
                Unit::Record(stamp) => {
                    // The record is met again by the next call.
                    if let Some(damage) = damage {
                        return Some(Entry::Damage(damage));
                    }
                    let bytes = self.bytes[self.used..][..length].to_vec();
                    self.used += length;
                    return Some(Entry::Record(StoredRecord { stamp, bytes }));
                }
                Unit::NotARecord => self.extend(&mut damage, length, DamageCause::NotARecord),
                Unit::Torn => {
                    if damage.is_some() {
                        return damage.map(Entry::Damage);
                    }
                    self.extend(&mut damage, length, DamageCause::Torn);
                    if ofd::is_held(&self.file).unwrap_or(false) {
                        // It is being written: not torn, only not there yet.
                        return None;
                    }
                    return damage.map(Entry::Damage);
                }
            }
        }
    }

    fn extend(&mut self, damage: &mut Option<Damage>, length: usize, cause: DamageCause) {
        let offset = self.offset + self.used as u64;
        damage
            .get_or_insert_with(|| Damage {
                segment: self.path.clone(),
                offset,
                length: 0,
                cause,
            })
            .length += length as u64;
        self.used += length;
    }

    /// Gives the rest of the segment up; what was damaged before is part of it.
    fn fail(&mut self, damage: Option<Damage>, error: io::Error) -> Entry {
        let here = self.offset + self.bytes.len() as u64;
        self.bytes.clear();
        self.used = 0;
        self.is_at_end = true;
        Entry::Damage(Damage {
            segment: self.path.clone(),
            offset: damage.map_or(here, |damage| damage.offset),
            length: 0,
            cause: DamageCause::Unreadable(error),
        })
    }

    /// The next line with its continuation lines, and how many bytes of `bytes` they are.
    fn unit(&mut self) -> io::Result<Option<(Unit, usize)>> {
        let mut scanned = 0;
        loop {
            let rest = &self.bytes[self.used..];
            if let Some(length) = length_of_unit(rest, &mut scanned, self.is_at_end) {
                let unit = header::stamp(&rest[..length]).map_or(Unit::NotARecord, Unit::Record);
                return Ok(Some((unit, length)));
            }
            if rest.len() > RECORD_BYTES_MAX {
                return Ok(Some((Unit::NotARecord, rest.len())));
            }
            if self.is_at_end {
                let torn = (Unit::Torn, rest.len());
                return Ok((!rest.is_empty()).then_some(torn));
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.used);
        self.offset += self.used as u64;
        self.used = 0;
        let filled = self.bytes.len();
        self.bytes.resize(filled + self.read_bytes, 0);
        let taken = search::fill(
            &self.file,
            &mut self.bytes[filled..],
            self.offset + filled as u64,
        );
        self.bytes
            .truncate(filled + taken.as_ref().map_or(0, |taken| *taken));
        self.is_at_end = taken? < self.read_bytes;
        self.read_bytes = READ_BYTES;
        Ok(())
    }
}

/// How long the line at the start of `rest` is, with its continuation lines; `None` when its
/// end is not seen. The first `scanned` bytes are known not to end it.
fn length_of_unit(rest: &[u8], scanned: &mut usize, is_at_end: bool) -> Option<usize> {
    let from = *scanned;
    for newline in memchr::memchr_iter(b'\n', &rest[from..]) {
        let after = from + newline + 1;
        match rest.get(after) {
            Some(&CONTINUATION) => *scanned = after,
            Some(_) => return Some(after),
            None if is_at_end => return Some(after),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
