//! Events of the `tracing` ecosystem, as records.
//!
//! Their levels are ours by weight: `ERROR` is a fault, `WARN` a warning, `INFO`
//! a milestone, `DEBUG` a trace, and `TRACE`, the least, a debug record.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{Tag, is_enabled, say};

/// Takes the events of all libraries, unless the program has other plans for them.
pub(super) fn record_those_of_the_ecosystem() {
    let _ = tracing::subscriber::set_global_default(Events);
}

struct Events;

impl Subscriber for Events {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && is_enabled(tag(*metadata.level()).level())
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = EventText::default();
        event.record(&mut text);
        say(tag(*event.metadata().level()), format_args!("{text}"));
    }

    // Spans are not recorded: `enabled` refuses them, so none is ever entered.
    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

fn tag(level: Level) -> Tag {
    match level {
        Level::ERROR => Tag::Fault,
        Level::WARN => Tag::Warning,
        Level::INFO => Tag::Console,
        Level::DEBUG => Tag::Trace,
        Level::TRACE => Tag::Debug,
    }
}

/// An event in the form of a record's text: the message, then `(name=value, …)`.
#[derive(Default)]
struct EventText {
    message: String,
    fields: String,
}

impl Visit for EventText {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a `String` cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            let comma = if self.fields.is_empty() { "" } else { ", " };
            write!(self.fields, "{comma}{}={value:?}", field.name())
        };
    }
}

impl fmt::Display for EventText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.message.as_str(), self.fields.as_str()) {
            (message, "") => formatter.write_str(message),
            ("", fields) => write!(formatter, "({fields})"),
            (message, fields) => write!(formatter, "{message} ({fields})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_as_its_message_and_its_fields() {
        let text = |message: &str, fields: &str| {
            EventText {
                message: message.into(),
                fields: fields.into(),
            }
            .to_string()
        };
        assert_eq!(text("accepted", ""), "accepted");
        assert_eq!(text("accepted", "port=1"), "accepted (port=1)");
        assert_eq!(text("", "port=1"), "(port=1)");
    }

    #[test]
    fn levels_are_mapped_by_weight() {
        let weights = [
            Level::ERROR,
            Level::WARN,
            Level::INFO,
            Level::DEBUG,
            Level::TRACE,
        ]
        .map(|level| tag(level).level());
        assert!(weights.is_sorted_by(|heavier, lighter| heavier > lighter));
    }
}
