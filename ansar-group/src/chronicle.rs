//! The supervisor's own record: the story of a group, in the store `logs/group.<name>`.

use std::fmt;

use ansar_home_layout::{GroupName, Home, RoleName};
use ansar_log::{Record, Tag, Writer};

use crate::clock;
use crate::error::Error;

/// Bytes that the story of a group may take: years of starts and stops.
const STORAGE: u64 = 16_000_000;

/// Records what a supervisor does.
#[derive(Debug)]
pub(crate) struct Chronicle {
    writer: Writer,
}

impl Chronicle {
    pub(crate) fn open(home: &Home, group: &GroupName) -> Result<Self, Error> {
        let writer = Writer::open(&home.logs(&RoleName::of_group(group)), STORAGE)?;
        Ok(Self { writer })
    }

    /// A process was started.
    pub(crate) fn started(&mut self, text: fmt::Arguments<'_>) {
        self.record(Tag::Started, text);
    }

    /// A process ended.
    pub(crate) fn ended(&mut self, text: fmt::Arguments<'_>) {
        self.record(Tag::Ended, text);
    }

    /// Something that people look for was reached.
    pub(crate) fn milestone(&mut self, text: fmt::Arguments<'_>) {
        self.record(Tag::Console, text);
    }

    /// Something that explains what follows.
    pub(crate) fn trace(&mut self, text: fmt::Arguments<'_>) {
        self.record(Tag::Trace, text);
    }

    /// Something failed.
    pub(crate) fn fault(&mut self, text: fmt::Arguments<'_>) {
        self.record(Tag::Fault, text);
    }

    /// What could not be stored is counted and told by the store itself.
    fn record(&mut self, tag: Tag, text: fmt::Arguments<'_>) {
        self.writer.write(&Record {
            stamp: clock::stamp(),
            tag,
            object: 0,
            name: "Group",
            text: text.into(),
        });
    }
}
