//! A log store: a folder of plain-text segments, held within a number of bytes, queried by time.
//!
//! A [`Record`] is one event at one [`Stamp`]; a [`Writer`] appends records to a folder
//! and deletes the oldest when the folder is full; a [`Store`] reads the records of a span
//! of time back, without reading the rest. `FORMAT.md` beside this crate says what is on disk.
//!
//! - Data enters through [`Writer::write`] and [`Writer::write_line`]; when they have returned,
//!   the record survives the end of the process by whatever signal.
//! - Data leaves through [`Store::records`], which takes no lock and changes nothing.
//! - This crate starts no thread, keeps no index, and reads the time in [`Clock`] only.
#![warn(missing_docs)]

mod appender;
mod beginning;
mod cap;
mod chain;
mod clock;
mod disk;
mod entry;
mod error;
mod header;
mod level;
mod line;
mod name;
mod ofd;
mod record;
mod search;
mod segment;
mod stamp;
mod storage;
mod store;
mod tag;
mod tail;
pub mod window;
mod writer;

pub use appender::Outcome;
pub use cap::CAP_MIN;
pub use clock::Clock;
pub use entry::{Damage, DamageCause, Entry, StoredRecord};
pub use error::Error;
pub use level::{Level, LevelError};
pub use line::Line;
pub use record::{RECORD_BYTES_MAX, Record, Text};
pub use stamp::{Stamp, StampError};
pub use store::{Records, Store};
pub use tag::Tag;
pub use window::span;
pub use writer::Writer;
