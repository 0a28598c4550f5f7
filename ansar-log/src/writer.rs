//! Writing a store.

use std::path::Path;

use crate::appender::{Appender, Outcome};
use crate::cap::Cap;
use crate::disk::Disk;
use crate::error::Error;
use crate::record::Record;

/// Appends records to a store, within its cap.
///
/// A folder may have several writers, in one process or in several; each has segments of
/// its own. Within a writer stamps never go back: a record that is stamped before the last one
/// is stored with the last one's stamp.
///
/// Nothing here returns an error, because a program must not fail for want of a record:
/// what cannot be stored is counted, and told in the store as soon as it can be.
#[derive(Debug)]
pub struct Writer(Appender<Disk>);

impl Writer {
    /// Opens the store in `folder`, which is made when it is missing, to have at most `cap`
    /// bytes on the disk. No segment is made before the first record.
    ///
    /// # Errors
    ///
    /// [`Error::CapTooSmall`] below 2 MiB, [`Error::Io`] when the folder cannot be written.
    pub fn open(folder: &Path, cap: u64) -> Result<Self, Error> {
        let cap = Cap::new(cap)?;
        Ok(Self(Appender::new(Disk::open(folder)?, cap)))
    }

    /// Stores a record; when it is stored, it survives the end of the process.
    pub fn write(&mut self, record: &Record<'_>) -> Outcome {
        self.0.write(record)
    }

    /// Stores the bytes of one record, as [`Line::format`](crate::Line::format) gives them.
    pub fn write_line(&mut self, line: &[u8]) -> Outcome {
        self.0.write_line(line)
    }
}
