//! Measures the store: what a record costs its writer, and what a window costs its reader.
//!
//! `cargo run --release --example measure -- [folder] [cap]` fills a store of `cap` bytes (1 GB)
//! in a folder of its own inside of `folder` (the folder for temporary files), and removes it.

#![expect(clippy::print_stdout, reason = "the figures are for whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(
    clippy::cast_precision_loss,
    reason = "three digits of a figure are enough"
)]

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ansar_log::{Clock, Entry, Line, Outcome, Record, Stamp, Store, Tag, Writer};

const RECORDS: u32 = 1_000_000;
const SEEKS: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let parent = arguments
        .next()
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let cap = arguments
        .next()
        .map_or(Ok(1_000_000_000), |cap| cap.parse())?;
    let folder = tempfile::Builder::new()
        .prefix("measure-")
        .tempdir_in(parent)?;
    let formatting = format_only();
    let mut writer = Writer::open(folder.path(), cap)?;
    let writing = write(&mut writer);
    println!("format a record, with its stamp  {formatting:8.0} ns");
    println!(
        "store a record                   {writing:8.0} ns, {:.1} times formatting it",
        writing / formatting
    );
    let (first, last) = fill(&mut writer, cap)?;
    seek(folder.path(), first, last)?;
    Ok(())
}

fn record<'a>(stamp: Stamp, text: &'a std::fmt::Arguments<'a>) -> Record<'a> {
    Record {
        stamp,
        tag: Tag::Trace,
        object: 0x10,
        name: "SocketChannel[NORMAL]",
        text: (*text).into(),
    }
}

fn nanoseconds_each(started: Instant, times: u32) -> f64 {
    started.elapsed().as_nanos() as f64 / f64::from(times)
}

fn format_only() -> f64 {
    let clock = Clock::new();
    let mut line = Line::new();
    let started = Instant::now();
    for number in 0..RECORDS {
        let text = format_args!(
            "Received request {number} of {} bytes from <{:08x}>",
            127, number
        );
        black_box(line.format(&record(clock.now(), &text)));
    }
    nanoseconds_each(started, RECORDS)
}

fn write(writer: &mut Writer) -> f64 {
    let clock = Clock::new();
    let started = Instant::now();
    for number in 0..RECORDS {
        let text = format_args!(
            "Received request {number} of {} bytes from <{:08x}>",
            127, number
        );
        let outcome = writer.write(&record(clock.now(), &text));
        assert_eq!(outcome, Outcome::Stored);
    }
    nanoseconds_each(started, RECORDS)
}

/// Writes a tenth more than the cap, a record each millisecond; returns the first and last stamp.
fn fill(writer: &mut Writer, cap: u64) -> Result<(i64, i64), Box<dyn Error>> {
    let first = Clock::new().now().milliseconds() + 1000;
    let records = i64::try_from(cap / 127 * 11 / 10)?;
    for number in 0..records {
        let text = format_args!(
            "Received request {number:9} of {} bytes from <{number:08x}>",
            127
        );
        let stamp = Stamp::from_milliseconds(first + number);
        assert_eq!(writer.write(&record(stamp, &text)), Outcome::Stored);
    }
    Ok((first, first + records))
}

fn seek(folder: &Path, first: i64, last: i64) -> Result<(), Box<dyn Error>> {
    let store = Store::open(folder);
    let Some(Entry::Record(oldest)) = store.records(None, None)?.next() else {
        return Err("the store is empty".into());
    };
    let oldest = oldest.stamp().milliseconds().max(first);
    let (files, bytes) = size(folder)?;
    println!("the store holds {bytes} bytes in {files} files");
    let started = Instant::now();
    for _ in 0..SEEKS {
        // A window before the oldest record: what is left is the listing.
        black_box(store.records(None, Some(Stamp::MIN))?.next());
    }
    let listing = nanoseconds_each(started, SEEKS);
    let started = Instant::now();
    for number in 0..SEEKS {
        let at = oldest + (last - oldest) / i64::from(SEEKS) * i64::from(number) / 2;
        let records = store.records(Some(Stamp::from_milliseconds(at)), None)?;
        assert_eq!(black_box(records.take(100)).count(), 100);
    }
    let seeking = nanoseconds_each(started, SEEKS);
    println!("list the folder                  {listing:8.0} ns");
    println!(
        "seek and read 100 records        {:8.0} ns beside it",
        seeking - listing
    );
    let started = Instant::now();
    let records = u32::try_from(store.records(None, None)?.count())?;
    let reading = nanoseconds_each(started, records);
    println!("read all {records} records in order {reading:8.0} ns each");
    Ok(())
}

fn size(folder: &Path) -> Result<(usize, u64), Box<dyn Error>> {
    let mut files = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        files = (files.0 + 1, files.1 + entry?.metadata()?.len());
    }
    Ok(files)
}
