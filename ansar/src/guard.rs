//! Code of an author, which may panic: that ends neither the object nor the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::fault::Faulted;
use crate::record::{self, Identity};

/// Runs the author's code, named in the record as the object's own.
pub(crate) fn guarded<R>(
    identity: Identity,
    doing: &str,
    code: impl FnOnce() -> R,
) -> Result<R, Faulted> {
    // The panic itself is in the record: a client is not told how the server is made.
    caught(identity, code)
        .ok_or_else(|| Faulted::failed(format!("cannot handle {doing}"), "the handler panicked"))
}

/// The same for the making of an object.
pub(crate) fn constructed<O>(
    identity: Identity,
    name: &str,
    make: impl FnOnce() -> O,
) -> Result<O, Faulted> {
    caught(identity, make)
        .ok_or_else(|| Faulted::failed(format!("cannot create {name}"), "its constructor panicked"))
}

fn caught<R>(identity: Identity, code: impl FnOnce() -> R) -> Option<R> {
    let _current = record::enter(identity);
    // The object may be left half changed by a panic, as it may by any other fault
    // of its author's; a server that goes on is worth more than one that is sure.
    catch_unwind(AssertUnwindSafe(code)).ok()
}
