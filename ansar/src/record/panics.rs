//! Panics belong in the record, not on the user's terminal.

use std::fmt;
use std::panic::{self, PanicHookInfo};

#[cfg(feature = "test")]
use super::kept;
use super::{Tag, say};

/// Records every panic as a fault of the object that it happened in.
pub(super) fn record_instead_of_printing() {
    panic::set_hook(Box::new(|panic| {
        say(Tag::Fault, format_args!("{}", Shown(panic)));
    }));
}

/// Tests print panics, and look at them in the record.
#[cfg(feature = "test")]
pub(super) fn keep_besides_printing() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        kept::keep(
            Tag::Fault,
            super::current().shown,
            format_args!("{}", Shown(panic)),
        );
        print(panic);
    }));
}

/// A panic as the record shows it.
struct Shown<'a>(&'a PanicHookInfo<'a>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("panicked")?;
        if let Some(place) = self.0.location() {
            write!(formatter, " at {place}")?;
        }
        let message = self.0.payload_as_str();
        write!(
            formatter,
            ": {}",
            message.unwrap_or("(a panic that is not text)")
        )
    }
}
