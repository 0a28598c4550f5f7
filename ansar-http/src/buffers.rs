//! The buffers of a thread: few are in use at a time, however many connections there are.

use std::cell::RefCell;

use bytes::BytesMut;

use crate::limits::READ_BYTES;

/// Buffers that are kept for the next connection that needs one. A connection has two while
/// it is busy; more than a few are busy at a time only when clients send half requests.
const KEPT: usize = 16;

/// Buffers that have grown beyond this, in bytes, are not kept: one large request should
/// not cost memory for ever.
const KEPT_BYTES: usize = 8 * READ_BYTES;

thread_local! {
    static POOL: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
}

/// Takes an empty buffer with room for [`READ_BYTES`] at least.
pub(crate) fn take() -> BytesMut {
    POOL.with_borrow_mut(Vec::pop)
        .unwrap_or_else(|| BytesMut::with_capacity(READ_BYTES))
}

/// Gives a buffer back that nobody needs any more.
pub(crate) fn give_back(mut buffer: BytesMut) {
    buffer.clear();
    // What a body still has a part of is not whole again, and not kept.
    let is_whole = buffer.capacity() >= READ_BYTES || buffer.try_reclaim(READ_BYTES);
    if !is_whole || buffer.capacity() > KEPT_BYTES {
        return;
    }
    POOL.with_borrow_mut(|pool| {
        if pool.len() < KEPT {
            pool.push(buffer);
        }
    });
}
