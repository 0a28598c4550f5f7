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

mod clock;
mod error;
mod level;
mod line;
mod record;
mod stamp;
mod tag;
mod writer;

pub use clock::Clock;
pub use error::Error;
pub use level::{Level, LevelError};
pub use line::Line;
pub use record::{RECORD_BYTES_MAX, Record, Text};
pub use stamp::{Stamp, StampError};
pub use tag::Tag;
pub use writer::{Outcome, Writer};
