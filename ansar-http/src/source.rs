//! The body of a response that comes in pieces.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use crate::output::Output;
use crate::response::Chunks;

/// How the end of the body is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Delimiter {
    /// It has so many bytes more.
    Length(u64),
    /// By an empty chunk.
    Chunks {
        /// The end of the line that the last chunk is.
        line_end: &'static [u8],
    },
    /// By closing the connection.
    Close,
}

/// The pieces that are left of a body.
pub(crate) struct Source {
    chunks: Chunks,
    delimiter: Delimiter,
}

/// What became of asking for a piece.
pub(crate) enum Piece {
    /// It is in the output.
    Written,
    /// There are no more, and the output says so.
    Last,
}

impl Source {
    pub(crate) fn new(chunks: Chunks, delimiter: Delimiter) -> Self {
        Self { chunks, delimiter }
    }

    /// Puts the next piece into the output, which must not be full.
    pub(crate) fn poll_piece(
        &mut self,
        output: &mut Output,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Piece>> {
        Poll::Ready(match ready!(self.chunks.as_mut().poll_next(cx)) {
            Some(Ok(piece)) => self.put(piece, output).map(|()| Piece::Written),
            Some(Err(error)) => Err(error),
            None => self.finish(output).map(|()| Piece::Last),
        })
    }

    fn put(&mut self, piece: Bytes, output: &mut Output) -> io::Result<()> {
        // An empty chunk would be the last one.
        if piece.is_empty() {
            return Ok(());
        }
        match &mut self.delimiter {
            Delimiter::Length(left) => {
                let length = u64::try_from(piece.len()).expect("a length fits in 64 bits");
                *left = left.checked_sub(length).ok_or_else(longer)?;
            }
            Delimiter::Chunks { line_end } => {
                let size = format!("{:x}\r\n", piece.len());
                output.gather().extend_from_slice(line_end);
                output.gather().extend_from_slice(size.as_bytes());
                *line_end = b"\r\n";
            }
            Delimiter::Close => {}
        }
        output.append(piece);
        Ok(())
    }

    fn finish(&mut self, output: &mut Output) -> io::Result<()> {
        match self.delimiter {
            Delimiter::Length(0) | Delimiter::Close => Ok(()),
            Delimiter::Length(left) => Err(shorter(left)),
            Delimiter::Chunks { line_end } => {
                output.gather().extend_from_slice(line_end);
                output.gather().extend_from_slice(b"0\r\n\r\n");
                Ok(())
            }
        }
    }
}

fn longer() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the body is longer than was promised",
    )
}

fn shorter(left: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        format!("the body is {left} bytes shorter than was promised"),
    )
}
