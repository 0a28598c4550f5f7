//! What a client has sent and nobody has taken yet.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::buffers;
use crate::limits::READ_BYTES;

/// With less room than this, in bytes, a read would not be worth its while.
const ROOM_BYTES: usize = READ_BYTES / 8;

/// The read buffer of a connection.
#[derive(Debug, Default)]
pub(crate) struct Input {
    bytes: BytesMut,
    /// How many of the bytes were looked at without finding a whole head.
    examined: usize,
    /// Whether the client has ended.
    ended: bool,
}

impl Input {
    /// Reads what there is. Nothing means that the client has ended.
    pub(crate) fn poll_read<IO: AsyncRead + Unpin>(
        &mut self,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.ended {
            return Poll::Ready(Ok(0));
        }
        self.make_room();
        let read = ready!(pin!(io.read_buf(&mut self.bytes)).poll(cx))?;
        self.ended = read == 0;
        Poll::Ready(Ok(read))
    }

    fn make_room(&mut self) {
        if self.bytes.capacity() == 0 {
            self.bytes = buffers::take();
        } else if self.bytes.capacity() - self.bytes.len() < ROOM_BYTES {
            self.bytes.reserve(READ_BYTES);
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut BytesMut {
        &mut self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether a head could be there that was not when it was looked for: a head ends with
    /// a line, so until another line has ended, looking again is in vain. That keeps
    /// a head that comes byte by byte from being parsed as often. `head_bytes` is where
    /// looking ends in any case.
    pub(crate) fn may_hold_head(&self, head_bytes: usize) -> bool {
        let new = &self.bytes[self.examined..];
        let first_look = self.examined == 0 && !new.is_empty();
        first_look || self.ended || self.bytes.len() >= head_bytes || new.contains(&b'\n')
    }

    /// Remembers that there is no whole head in what is there.
    pub(crate) fn mark_examined(&mut self) {
        self.examined = self.bytes.len();
    }

    /// Drops empty lines before a request, which some clients send behind the last one.
    #[inline]
    pub(crate) fn skip_empty_lines(&mut self) {
        while let [b'\n', ..] | [b'\r', b'\n', ..] = self.bytes[..] {
            let line = if self.bytes[0] == b'\n' { 1 } else { 2 };
            self.consume(line);
        }
    }

    /// Drops bytes that were understood.
    #[inline]
    pub(crate) fn consume(&mut self, length: usize) {
        self.examined = 0;
        if length == self.bytes.len() {
            self.bytes.clear();
        } else {
            self.bytes.advance(length);
        }
    }

    /// Takes the first bytes out, to keep them while others arrive.
    pub(crate) fn take(&mut self, length: usize) -> Bytes {
        self.examined = 0;
        self.bytes.split_to(length).freeze()
    }

    /// Gives the buffer back when there is nothing in it.
    #[inline]
    pub(crate) fn rest(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > 0 {
            buffers::give_back(std::mem::take(&mut self.bytes));
        }
    }

    /// Reads and drops what there is, and says how much it was.
    pub(crate) fn poll_drop<IO: AsyncRead + Unpin>(
        &mut self,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.bytes.clear();
        self.poll_read(io, cx)
    }
}
