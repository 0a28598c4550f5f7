//! What is to be written to a client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncWrite;

use crate::buffers;
use crate::limits::{COPY_BYTES, GATHER_BYTES};
use crate::timer::Timer;

/// The write side of a connection: small pieces are gathered, and a large one may stand
/// behind them as it is. It has a limit, because nothing is added to it while it is full.
#[derive(Debug, Default)]
pub(crate) struct Output {
    gathered: BytesMut,
    tail: Bytes,
    /// Whether some of what was written may still be where it was written to: a layer of
    /// encryption takes it before the client does.
    is_unflushed: bool,
    /// Runs while the client takes nothing.
    timer: Option<Timer>,
}

/// Why something was not written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    /// The client takes nothing.
    InTime,
    /// It cannot be written.
    Failed(io::Error),
}

impl Output {
    /// The place for small pieces.
    #[inline]
    pub(crate) fn gather(&mut self) -> &mut BytesMut {
        debug_assert!(self.tail.is_empty(), "nothing is added behind the tail");
        if self.gathered.capacity() == 0 {
            self.gathered = buffers::take();
        }
        &mut self.gathered
    }

    /// Adds a piece of any size, and copies it when that is cheaper.
    #[inline]
    pub(crate) fn append(&mut self, piece: Bytes) {
        if piece.len() <= COPY_BYTES {
            self.gather().extend_from_slice(&piece);
        } else {
            self.tail = piece;
        }
    }

    /// Whether it must be written before more is added.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        !self.tail.is_empty() || self.gathered.len() >= GATHER_BYTES
    }

    /// Writes all of it, up to the client, and fails when the client takes nothing for as long as the limit.
    #[inline]
    pub(crate) fn poll_flush<IO: AsyncWrite + Unpin>(
        &mut self,
        io: &mut IO,
        limit: Duration,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), NotWritten>> {
        while !self.gathered.is_empty() || !self.tail.is_empty() {
            match self.poll_write(io, cx) {
                Poll::Ready(Ok(0)) => {
                    let error = io::ErrorKind::WriteZero.into();
                    return Poll::Ready(Err(NotWritten::Failed(error)));
                }
                Poll::Ready(Ok(_)) => {
                    self.timer = None;
                    self.is_unflushed = true;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(NotWritten::Failed(error))),
                Poll::Pending => return self.poll_late(limit, cx),
            }
        }
        if self.is_unflushed {
            match Pin::new(io).poll_flush(cx) {
                Poll::Ready(Ok(())) => {
                    self.timer = None;
                    self.is_unflushed = false;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(NotWritten::Failed(error))),
                Poll::Pending => return self.poll_late(limit, cx),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for the client to take something, but not for ever.
    #[cold]
    fn poll_late(&mut self, limit: Duration, cx: &mut Context<'_>) -> Poll<Result<(), NotWritten>> {
        let timer = self.timer.get_or_insert_with(|| Timer::new(limit));
        timer.poll_over(cx).map(|()| Err(NotWritten::InTime))
    }

    fn poll_write<IO: AsyncWrite + Unpin>(
        &mut self,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let io = Pin::new(io);
        let written = if self.tail.is_empty() {
            ready!(io.poll_write(cx, &self.gathered))?
        } else {
            let slices = [IoSlice::new(&self.gathered), IoSlice::new(&self.tail)];
            ready!(io.poll_write_vectored(cx, &slices))?
        };
        let gathered = self.gathered.len();
        if written < gathered {
            self.gathered.advance(written);
        } else {
            self.gathered.clear();
            self.tail.advance(written - gathered);
        }
        Poll::Ready(Ok(written))
    }

    /// Gives the buffer back when there is nothing in it.
    #[inline]
    pub(crate) fn rest(&mut self) {
        if self.gathered.is_empty() && self.gathered.capacity() > 0 {
            buffers::give_back(std::mem::take(&mut self.gathered));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_piece_is_not_copied() {
        let mut output = Output::default();
        output.append(Bytes::from(vec![0; COPY_BYTES]));
        assert!(!output.is_full());
        let piece = Bytes::from(vec![0; COPY_BYTES + 1]);
        output.append(piece.clone());
        assert!(output.is_full());
        assert_eq!(output.tail.as_ptr(), piece.as_ptr());
    }
}
