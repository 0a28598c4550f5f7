//! Where a command writes to: data to standard output, words to standard error.

use std::fmt;
use std::io::{self, BufWriter, Write};

use crate::error::CommandError;

/// Bytes of data that are gathered before they are written: `ansar log` writes much.
const BUFFER_SIZE: usize = 64 * 1024;

/// Both outputs of a command. Nothing else in this crate prints.
pub(crate) struct Output<'a> {
    data: Box<dyn Write + 'a>,
    words: Box<dyn Write + 'a>,
}

impl Output<'_> {
    /// Those of the process.
    pub(crate) fn standard() -> Self {
        // Not a copy of the descriptor: the supervisor, which comes this way too, would keep
        // the terminal or pipe of whoever started it.
        Self {
            data: Box::new(BufWriter::with_capacity(BUFFER_SIZE, io::stdout())),
            words: Box::new(io::stderr()),
        }
    }

    /// Those of a test.
    #[cfg(test)]
    pub(crate) fn to<'a>(data: &'a mut Vec<u8>, words: &'a mut Vec<u8>) -> Output<'a> {
        Output {
            data: Box::new(data),
            words: Box::new(words),
        }
    }

    /// A line of data.
    pub(crate) fn line(&mut self, line: impl fmt::Display) -> Result<(), CommandError> {
        Ok(writeln!(self.data, "{line}")?)
    }

    /// Data as it is.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CommandError> {
        Ok(self.data.write_all(bytes)?)
    }

    /// A line of words. That it cannot be written is nothing that could be told.
    pub(crate) fn word(&mut self, line: impl fmt::Display) {
        let _ = writeln!(self.words, "{line}");
    }

    /// Writes what was gathered.
    pub(crate) fn flush(&mut self) -> Result<(), CommandError> {
        Ok(self.data.flush()?)
    }
}
