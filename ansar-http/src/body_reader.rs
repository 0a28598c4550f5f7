//! The body of a request that is handed over as it arrives.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_core::Stream;

/// Reads the body of a request while it arrives: a stream of its pieces.
///
/// At most one piece waits to be read; the client is held up meanwhile. Dropping the reader
/// leaves the rest of the body unread: a short rest is discarded, a long one costs the client
/// the connection after the answer.
#[derive(Debug)]
pub struct BodyReader {
    slot: Rc<RefCell<Slot>>,
}

/// The other end of a [`BodyReader`]. When it is dropped before the end of the body, the
/// reader fails.
#[derive(Debug)]
pub(crate) struct BodyWriter {
    slot: Rc<RefCell<Slot>>,
}

/// Where the two ends meet.
#[derive(Debug)]
struct Slot {
    content: Content,
    reader: Waker,
    writer: Waker,
}

#[derive(Debug)]
enum Content {
    /// The reader has everything so far.
    Empty,
    /// A piece waits to be read.
    Piece(Bytes),
    /// The body has ended, or will not go on.
    Last(io::Result<()>),
    /// Nobody reads any more.
    Unread,
}

/// A body on its way from a connection to a service.
pub(crate) fn channel() -> (BodyWriter, BodyReader) {
    let slot = Rc::new(RefCell::new(Slot {
        content: Content::Empty,
        reader: Waker::noop().clone(),
        writer: Waker::noop().clone(),
    }));
    let writer = BodyWriter {
        slot: Rc::clone(&slot),
    };
    (writer, BodyReader { slot })
}

/// Whether a writer may go on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is room for a piece.
    Free,
    /// Nobody reads any more.
    Unread,
}

impl BodyReader {
    /// The next piece; none when the body is complete. It fails when the body cannot be
    /// completed, which is not the same.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for BodyReader {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut slot = self.slot.borrow_mut();
        match std::mem::replace(&mut slot.content, Content::Empty) {
            Content::Piece(piece) => {
                slot.writer.wake_by_ref();
                Poll::Ready(Some(Ok(piece)))
            }
            Content::Last(outcome) => {
                slot.content = Content::Last(Ok(()));
                Poll::Ready(outcome.err().map(Err))
            }
            Content::Empty | Content::Unread => {
                slot.reader.clone_from(cx.waker());
                Poll::Pending
            }
        }
    }
}

impl Drop for BodyReader {
    fn drop(&mut self) {
        let mut slot = self.slot.borrow_mut();
        slot.content = Content::Unread;
        slot.writer.wake_by_ref();
    }
}

impl BodyWriter {
    /// Whether another piece may be given.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Room> {
        let mut slot = self.slot.borrow_mut();
        match slot.content {
            Content::Empty => Poll::Ready(Room::Free),
            Content::Unread => Poll::Ready(Room::Unread),
            Content::Piece(_) | Content::Last(_) => {
                slot.writer.clone_from(cx.waker());
                Poll::Pending
            }
        }
    }

    /// Gives a piece, for which there is room.
    pub(crate) fn give(&self, piece: Bytes) {
        self.put(Content::Piece(piece));
    }

    /// Says that the body is complete, or why it never will be.
    pub(crate) fn end(self, outcome: io::Result<()>) {
        self.put(Content::Last(outcome));
    }

    fn put(&self, content: Content) {
        let mut slot = self.slot.borrow_mut();
        if matches!(slot.content, Content::Empty) {
            slot.content = content;
            slot.reader.wake_by_ref();
        }
    }
}

impl Drop for BodyWriter {
    fn drop(&mut self) {
        let mut slot = self.slot.borrow_mut();
        if matches!(slot.content, Content::Empty | Content::Piece(_)) {
            let error = io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the connection ended before the body of the request",
            );
            slot.content = Content::Last(Err(error));
            slot.reader.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(reader: &mut BodyReader) -> Poll<Option<Result<Bytes, io::ErrorKind>>> {
        let mut cx = Context::from_waker(Waker::noop());
        Pin::new(reader)
            .poll_next(&mut cx)
            .map(|piece| piece.map(|piece| piece.map_err(|error| error.kind())))
    }

    fn poll_room(writer: &BodyWriter) -> Poll<Room> {
        writer.poll_room(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn one_piece_waits_at_a_time() {
        let (writer, mut reader) = channel();
        assert_eq!(poll(&mut reader), Poll::Pending);
        assert_eq!(poll_room(&writer), Poll::Ready(Room::Free));
        writer.give(Bytes::from_static(b"a"));
        assert_eq!(poll_room(&writer), Poll::Pending);
        assert_eq!(poll(&mut reader), Poll::Ready(Some(Ok("a".into()))));
        assert_eq!(poll_room(&writer), Poll::Ready(Room::Free));
        writer.end(Ok(()));
        assert_eq!(poll(&mut reader), Poll::Ready(None));
        assert_eq!(poll(&mut reader), Poll::Ready(None));
    }

    #[test]
    fn a_body_that_is_left_off_is_not_taken_for_all() {
        let (writer, mut reader) = channel();
        drop(writer);
        let error = io::ErrorKind::UnexpectedEof;
        assert_eq!(poll(&mut reader), Poll::Ready(Some(Err(error))));
        assert_eq!(poll(&mut reader), Poll::Ready(None));
    }

    #[test]
    fn a_writer_learns_that_nobody_reads() {
        let (writer, reader) = channel();
        drop(reader);
        assert_eq!(poll_room(&writer), Poll::Ready(Room::Unread));
    }
}
