//! What a mailbox records.

use std::fmt;

use super::{GONE, Mailbox};
use crate::fault::Faulted;
use crate::object::Object;
use crate::record::{self, Identity, Tag};

impl<O: Object> Mailbox<O> {
    pub(super) fn record_sent(&self, sender: Identity, name: &str) {
        record::write(
            Tag::Sent,
            sender,
            format_args!("Sent {name} to {}", self.identity()),
        );
    }

    pub(crate) fn record_dropped(&self, sender: Identity, name: &str, detail: &str) {
        record::write(
            Tag::Received,
            self.identity(),
            format_args!("Dropped {name} from {sender}{detail}"),
        );
    }

    /// The end of what was not handled. Whoever asked is told by a fault.
    pub(super) fn record_unhandled(&self, count: usize) {
        if count > 0 {
            record::write(
                Tag::Warning,
                self.identity(),
                format_args!("Dropped {count} messages that waited{GONE}"),
            );
        }
    }

    pub(super) fn record_unasked(&self, name: &str, fault: &Faulted) {
        record::write(
            Tag::Warning,
            self.identity(),
            format_args!("{name} was answered by a fault that nobody waits for: {fault}"),
        );
    }

    /// Records what goes back to whoever asked.
    pub(crate) fn record_reply(
        &self,
        sender: &dyn fmt::Display,
        name: &str,
        fault: Option<&dyn fmt::Display>,
    ) {
        let identity = self.identity();
        match fault {
            None => record::write(Tag::Sent, identity, format_args!("Sent {name} to {sender}")),
            Some(fault) => record::write(
                Tag::Sent,
                identity,
                format_args!("Sent {name} to {sender}, {fault}"),
            ),
        }
    }
}
