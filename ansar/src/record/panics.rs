//! Panics belong in the record, not on the user's terminal.

use std::panic::{self, PanicHookInfo};

use super::{Tag, say};

/// Records every panic as a fault of the object that it happened in.
pub(super) fn record_instead_of_printing() {
    panic::set_hook(Box::new(|panic| match panic.location() {
        Some(place) => say(
            Tag::Fault,
            format_args!("panicked at {place}: {}", message(panic)),
        ),
        None => say(Tag::Fault, format_args!("panicked: {}", message(panic))),
    }));
}

fn message<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    panic
        .payload_as_str()
        .unwrap_or("(a panic that is not text)")
}
