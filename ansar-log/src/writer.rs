//! Appends records to a folder of segments.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::error::Error;
use crate::line::Line;
use crate::record::Record;

/// Appends records to a store.
#[derive(Debug)]
pub struct Writer {
    line: Line,
    file: File,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, and survives the end of the process.
    Stored,
    /// It could not be stored; a later record will say how many were lost, and why.
    Lost,
    /// It is not a record; nothing was stored.
    Refused,
}

impl Writer {
    /// Opens the store in `folder`, which is made when it is missing, to hold at most `cap` bytes.
    pub fn open(folder: &Path, cap: u64) -> Result<Self, Error> {
        let _ = cap;
        let failed = |source| Error::Io {
            action: "open the log store in",
            path: folder.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(folder.join("first.log"))
            .map_err(failed)?;
        Ok(Self {
            line: Line::new(),
            file,
        })
    }

    /// Stores a record; when this has returned, it survives the end of the process.
    pub fn write(&mut self, record: &Record<'_>) -> Outcome {
        match self.file.write_all(self.line.format(record)) {
            Ok(()) => Outcome::Stored,
            Err(_) => Outcome::Lost,
        }
    }

    /// Stores a record that [`Line`] has formatted.
    pub fn write_line(&mut self, line: &[u8]) -> Outcome {
        match self.file.write_all(line) {
            Ok(()) => Outcome::Stored,
            Err(_) => Outcome::Lost,
        }
    }
}
