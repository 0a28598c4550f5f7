use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use super::*;
use crate::disk::Disk;
use crate::entry::Entry;
use crate::name::SegmentName;
use crate::storage::Listing;
use crate::store::Store;
use crate::tail::Tail;

const CAP: u64 = 2 << 20;

/// What the storage does from one operation on, for some operations.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Error(i32),
    /// A write that takes half, and an error for what follows.
    Short(i32),
}

/// A real folder of which a series of operations is refused.
struct Faulty {
    disk: Disk,
    operations: Cell<usize>,
    refused: RefCell<Range<usize>>,
    fault: Fault,
    /// How often time was asked for; it passes by being asked for.
    asked: Cell<u32>,
    seen: RefCell<BTreeSet<&'static str>>,
    /// Bytes that must not be exceeded between any two operations.
    cap: Option<u64>,
    /// Segments for which the disk has room, whatever the cap.
    disk_segments: Option<usize>,
}

impl Faulty {
    fn new(folder: &Path, refused: Range<usize>, fault: Fault) -> Self {
        Self {
            disk: Disk::open(folder).unwrap(),
            operations: Cell::new(0),
            refused: RefCell::new(refused),
            fault,
            asked: Cell::new(0),
            seen: RefCell::default(),
            cap: None,
            disk_segments: None,
        }
    }

    fn error(&self) -> io::Error {
        match self.fault {
            Fault::Error(number) | Fault::Short(number) => io::Error::from_raw_os_error(number),
        }
    }

    fn is_refused(&self, operation: &'static str) -> bool {
        // Looking is slow; between appends, which are to allocate nothing, now and then will do.
        let is_due = operation != "append" || self.operations.get().is_multiple_of(16);
        if let Some(cap) = self.cap
            && is_due
        {
            let allocated = self.disk.list().unwrap().allocated;
            assert!(allocated <= cap, "{allocated} before {operation}");
        }
        let at = self.operations.replace(self.operations.get() + 1);
        let is_refused = self.refused.borrow().contains(&at);
        if is_refused {
            self.seen.borrow_mut().insert(operation);
        }
        is_refused
    }

    fn attempt(&self, operation: &'static str) -> io::Result<()> {
        if self.is_refused(operation) {
            Err(self.error())
        } else {
            Ok(())
        }
    }
}

impl Storage for Faulty {
    type Segment = <Disk as Storage>::Segment;
    type Guard<'a> = <Disk as Storage>::Guard<'a>;

    fn lock(&self) -> io::Result<Self::Guard<'_>> {
        self.attempt("lock")?;
        self.disk.lock()
    }

    fn list(&self) -> io::Result<Listing> {
        self.attempt("list")?;
        self.disk.list()
    }

    fn create(&self, name: SegmentName) -> io::Result<Self::Segment> {
        self.attempt("create")?;
        self.disk.create(name)
    }

    fn take(&self, name: SegmentName) -> io::Result<Option<Self::Segment>> {
        self.attempt("take")?;
        self.disk.take(name)
    }

    fn tail(&self, segment: &Self::Segment) -> io::Result<Tail> {
        self.attempt("tail")?;
        self.disk.tail(segment)
    }

    fn reserve(&self, segment: &Self::Segment, bytes: u64) -> io::Result<()> {
        self.attempt("reserve")?;
        let segments = self.disk.list()?.segments.len();
        if self.disk_segments.is_some_and(|most| segments > most) {
            return Err(self.error());
        }
        self.disk.reserve(segment, bytes)
    }

    fn append(&self, segment: &Self::Segment, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_refused("append") {
            return self.disk.append(segment, bytes);
        }
        match self.fault {
            Fault::Short(_) if bytes.len() > 1 => {
                self.disk.append(segment, &bytes[..bytes.len() / 2])
            }
            Fault::Short(_) | Fault::Error(_) => Err(self.error()),
        }
    }

    fn cut(&self, segment: &Self::Segment, length: u64) -> io::Result<()> {
        self.attempt("cut")?;
        self.disk.cut(segment, length)
    }

    fn remove(&self, name: SegmentName) -> io::Result<()> {
        self.attempt("remove")?;
        self.disk.remove(name)
    }

    fn elapsed(&self) -> Duration {
        self.asked.set(self.asked.get() + 1);
        Duration::from_millis(600) * self.asked.get()
    }
}

fn text_of(number: usize) -> String {
    format!("number {number} {}", "x".repeat(number * 37 % 1500))
}

fn write<S: Storage>(appender: &mut Appender<S>, number: usize) -> Outcome {
    appender.write(&Record {
        stamp: Stamp::from_milliseconds(1_000_000 + i64::try_from(number).unwrap() / 3),
        tag: Tag::Trace,
        object: 1,
        name: "A",
        text: text_of(number).as_str().into(),
    })
}

/// What a store holds: the numbers of its records in order, the losses it tells of, and the
/// damaged places.
#[derive(Debug, Default)]
struct Held {
    numbers: Vec<usize>,
    lost: usize,
    reasons: Vec<String>,
    damage: Vec<String>,
}

fn held(folder: &Path) -> Held {
    let mut held = Held::default();
    for entry in Store::open(folder).records(None, None).unwrap() {
        let record = match entry {
            Entry::Record(record) => record,
            Entry::Damage(damage) => {
                held.damage.push(damage.to_string());
                continue;
            }
        };
        let line = str::from_utf8(record.bytes()).unwrap().trim_end();
        let text = line.split_once(" - ").unwrap().1;
        let words: Vec<_> = text.split(' ').collect();
        if words[0] == "number" {
            held.numbers.push(words[1].parse().unwrap());
            assert_eq!(text, text_of(*held.numbers.last().unwrap()).trim_end());
        } else {
            held.lost += words[0].parse::<usize>().unwrap();
            held.reasons
                .push(text.split_once(": ").unwrap().1.to_owned());
        }
    }
    held
}

const RECORDS: usize = 60;

/// Writes records to a store that has one already, while operations are refused; returns
/// which records were acknowledged, what the store holds then, and what was refused.
fn write_refused(
    refused: Range<usize>,
    fault: Fault,
) -> (Vec<usize>, Held, BTreeSet<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut earlier = Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
    assert_eq!(write(&mut earlier, 0), Outcome::Stored);
    drop(earlier);

    let faulty = Faulty::new(folder.path(), refused, fault);
    let mut appender = Appender::new(faulty, Cap::new(CAP).unwrap());
    let stored = (1..=RECORDS)
        .filter(|number| write(&mut appender, *number) == Outcome::Stored)
        .collect();
    // What nobody can be told at the very end is not counted.
    appender.storage.refused.replace(0..0);
    let seen = appender.storage.seen.take();
    drop(appender);
    (stored, held(folder.path()), seen)
}

/// Nothing acknowledged is missing, but the oldest when the disk was full; nothing is there
/// twice; everything else is counted.
fn check(stored: &[usize], held: &Held, is_full: bool, about: &str) {
    let numbers = &held.numbers;
    let oldest = numbers.iter().copied().find(|number| *number > 0);
    for number in stored.iter().filter(|number| !numbers.contains(number)) {
        let is_sacrificed = is_full && oldest.is_none_or(|oldest| *number < oldest);
        assert!(is_sacrificed, "{number} is missing: {about}");
    }
    assert!(
        numbers.is_sorted_by(|a, b| a < b),
        "repeated or out of order: {about}"
    );
    let is_known = |number: &usize| *number == 0 || stored.contains(number);
    assert!(numbers.iter().all(is_known), "lost and stored: {about}");
    assert_eq!(held.lost, RECORDS - stored.len(), "not counted: {about}");
    let number = if is_full {
        "(os error 28)"
    } else {
        "(os error 5)"
    };
    for reason in &held.reasons {
        assert!(
            reason.ends_with(number) || reason.contains("no room"),
            "{about}"
        );
    }
}

#[test]
fn every_operation_may_be_refused_and_every_record_is_stored_or_counted() {
    let mut seen = BTreeSet::new();
    for fault in [
        Fault::Error(28),
        Fault::Error(5),
        Fault::Short(28),
        Fault::Short(5),
    ] {
        let is_full = matches!(fault, Fault::Error(28) | Fault::Short(28));
        for refusals in [1, 3, 9, 30] {
            for first in 0..80 {
                let (stored, held, refused) = write_refused(first..first + refusals, fault);
                let about = format!("{fault:?} {first} {refusals}: {held:?}");
                check(&stored, &held, is_full, &about);
                if refusals == 1 {
                    assert_eq!(stored.len(), RECORDS, "one refusal is got over: {about}");
                }
                seen.extend(refused);
            }
        }
    }
    let all = [
        "append", "create", "cut", "list", "lock", "remove", "reserve", "tail", "take",
    ];
    assert_eq!(seen, BTreeSet::from(all), "not every operation was refused");
}

fn capped(folder: &Path) -> Appender<Faulty> {
    let mut storage = Faulty::new(folder, 0..0, Fault::Error(5));
    storage.cap = Some(CAP);
    Appender::new(storage, Cap::new(CAP).unwrap())
}

fn write_text<S: Storage>(appender: &mut Appender<S>, stamp: i64, text: &str) -> Outcome {
    appender.write(&Record {
        stamp: Stamp::from_milliseconds(stamp),
        tag: Tag::Trace,
        object: 1,
        name: "A",
        text: text.into(),
    })
}

#[test]
fn the_cap_holds_between_any_two_operations_of_several_writers_that_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut writers: Vec<_> = (0..3).map(|_| capped(folder.path())).collect();
    let text = "x".repeat(100_000);
    let mut stored = 0;
    for turn in 0..2500_usize {
        let at = turn * 7 % 3;
        if turn % 41 == 0 {
            // Every other end is the end of the process: nothing is trimmed.
            if turn % 2 == 0 {
                writers[at].storage.refused.replace(0..usize::MAX);
            }
            writers[at] = capped(folder.path());
        }
        let length = if turn % 97 == 0 {
            text.len()
        } else {
            turn * 31 % 3000
        };
        let stamp = i64::try_from(turn).unwrap();
        stored +=
            u64::from(write_text(&mut writers[at], stamp, &text[..length]) == Outcome::Stored);
    }
    assert_eq!(stored, 2500);
    drop(writers);
    let listing = Disk::open(folder.path()).unwrap().list().unwrap();
    assert!(listing.allocated <= CAP);
    assert!(
        listing.segments.len() < 200,
        "{} segments",
        listing.segments.len()
    );
}

#[test]
fn a_full_store_keeps_more_than_95_percent_of_its_cap_in_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut writers: Vec<_> = (0..2)
        .map(|_| Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap()))
        .collect();
    let text = "x".repeat(400);
    let mut least = u64::MAX;
    for turn in 0..22_000_usize {
        let length = 30 + turn * 31 % 200;
        write_text(
            &mut writers[turn % 5 / 4],
            i64::try_from(turn).unwrap(),
            &text[..length],
        );
        if turn > 18_000 && turn % 7 == 0 {
            let listing = writers[0].storage.list().unwrap();
            let records: u64 = listing.segments.iter().map(|entry| entry.length).sum();
            least = least.min(records);
        }
    }
    assert!(least * 100 >= CAP * 95, "{least} of {CAP}");
    assert!(least < CAP);
}

#[test]
fn a_store_whose_room_is_all_in_use_loses_records_and_not_the_cap() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("foreign"), vec![1; 2 << 20]).unwrap();
    let mut appender = Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
    assert_eq!(write(&mut appender, 1), Outcome::Lost);
    assert_eq!(write(&mut appender, 2), Outcome::Lost);
    std::fs::remove_file(folder.path().join("foreign")).unwrap();
    drop(appender);
    let held = held(folder.path());
    assert_eq!((held.lost, held.numbers.len()), (2, 0));
    assert_eq!(
        held.reasons,
        ["what is in use in the folder leaves no room under the cap"]
    );
}

#[test]
fn the_loss_record_has_the_form_that_is_promised() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Faulty::new(folder.path(), 0..usize::MAX, Fault::Error(28));
    let mut appender = Appender::new(storage, Cap::new(CAP).unwrap());
    for number in 0..12 {
        assert_eq!(write(&mut appender, number), Outcome::Lost);
    }
    appender.storage.refused.replace(0..0);
    appender.storage.asked.set(1000);
    assert_eq!(write(&mut appender, 12), Outcome::Stored);
    let mut records = Store::open(folder.path()).records(None, None).unwrap();
    let Some(Entry::Record(record)) = records.next() else {
        panic!("no record");
    };
    assert_eq!(
        str::from_utf8(record.bytes()).unwrap(),
        "1970-01-01T00:16:40.004 ? <00000000>log - 12 records lost: No space left on device (os error 28)\n"
    );
    assert!(matches!(records.next(), Some(Entry::Record(_))));
    assert!(records.next().is_none());
}

#[test]
fn a_program_that_is_started_often_goes_on_in_the_same_segment() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..50 {
        let mut appender =
            Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
        assert_eq!(write(&mut appender, number), Outcome::Stored);
    }
    let listing = Disk::open(folder.path()).unwrap().list().unwrap();
    assert!(
        listing.segments.len() < 10,
        "{} segments",
        listing.segments.len()
    );
    assert!(listing.segments.iter().all(|entry| entry.name.chain == 0));
    assert_eq!(held(folder.path()).numbers, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_clock_that_was_set_back_between_two_writers_begins_a_chain() {
    let folder = tempfile::tempdir().unwrap();
    for number in [30, 0, 40] {
        let mut appender =
            Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
        write(&mut appender, number);
    }
    let listing = Disk::open(folder.path()).unwrap().list().unwrap();
    let chains: Vec<_> = listing
        .segments
        .iter()
        .map(|entry| entry.name.chain)
        .collect();
    assert_eq!(chains, [0, 1]);
    assert_eq!(held(folder.path()).numbers, [0, 30, 40]);
}

#[test]
fn a_late_or_oversized_line_is_made_to_fit_and_other_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut appender = Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
    let line = |stamp: &str, text: &str| format!("{stamp} 1 <00000000>A - {text}\n");
    let (early, late) = ("2026-01-01T00:00:00.000", "2026-01-01T00:00:01.000");
    assert_eq!(
        appender.write_line(line(late, "one").as_bytes()),
        Outcome::Stored
    );
    assert_eq!(
        appender.write_line(line(early, "two").as_bytes()),
        Outcome::Stored
    );
    assert_eq!(
        appender.write_line(line(late, &"x".repeat(1 << 18)).as_bytes()),
        Outcome::Stored
    );
    for refused in [
        "",
        "text\n",
        &line(early, "three\n"),
        line(early, "four").trim_end(),
    ] {
        assert_eq!(appender.write_line(refused.as_bytes()), Outcome::Refused);
    }
    let entries: Vec<_> = Store::open(folder.path())
        .records(None, None)
        .unwrap()
        .collect();
    let bytes = |at: usize| match &entries[at] {
        Entry::Record(record) => String::from_utf8(record.bytes().to_vec()).unwrap(),
        Entry::Damage(damage) => panic!("{damage}"),
    };
    assert_eq!(bytes(0), line(late, "one"));
    assert_eq!(bytes(1), line(late, "two"));
    assert!(
        bytes(2).ends_with("x [131152 bytes cut]\n"),
        "{}",
        &bytes(2)[131_000..]
    );
    assert!(bytes(2).len() <= 1 << 17);
    assert_eq!(entries.len(), 3);
}

fn listing(folder: &Path) -> Listing {
    Disk::open(folder).unwrap().list().unwrap()
}

#[test]
fn what_a_writer_reserved_is_given_back_by_itself_or_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let large = Cap::new(256 << 20).unwrap();
    let reserved = large.reservation(0);
    let few = 16 * 4096;

    let mut appender = Appender::new(Disk::open(folder.path()).unwrap(), large);
    write(&mut appender, 1);
    assert!(listing(folder.path()).allocated >= reserved);
    drop(appender);
    assert!(listing(folder.path()).allocated <= few);

    // The end of the process gives nothing back.
    let mut dying = Appender::new(Faulty::new(folder.path(), 0..0, Fault::Error(5)), large);
    write(&mut dying, 2);
    dying.storage.refused.replace(0..usize::MAX);
    drop(dying);
    assert!(listing(folder.path()).allocated >= reserved);

    let small = Cap::new(CAP).unwrap();
    let mut next = Appender::new(Disk::open(folder.path()).unwrap(), small);
    assert_eq!(write(&mut next, 3), Outcome::Stored);
    assert!(listing(folder.path()).allocated <= few);
    assert_eq!(held(folder.path()).numbers, [1, 2, 3]);
}

#[test]
fn nobody_appends_to_a_torn_segment_and_its_chain_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut appender = Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
    write(&mut appender, 1);
    drop(appender);
    let name = listing(folder.path()).segments[0].name;
    let path = folder.path().join(name.to_string());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"1970-01-01T00:16");
    std::fs::write(&path, &bytes).unwrap();

    let mut next = Appender::new(Disk::open(folder.path()).unwrap(), Cap::new(CAP).unwrap());
    write(&mut next, 2);
    drop(next);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let names: Vec<_> = listing(folder.path()).segments;
    let names: Vec<_> = names
        .iter()
        .map(|entry| (entry.name.chain, entry.name.number))
        .collect();
    assert_eq!(names, [(0, 1), (0, 2)]);
    let held = held(folder.path());
    assert_eq!((held.numbers, held.damage.len()), (vec![1, 2], 1));
}

#[test]
fn on_a_full_disk_the_oldest_records_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut storage = Faulty::new(folder.path(), 0..0, Fault::Error(28));
    storage.disk_segments = Some(5);
    let mut appender = Appender::new(storage, Cap::new(CAP).unwrap());
    for number in 1..400 {
        assert_eq!(write(&mut appender, number), Outcome::Stored);
    }
    drop(appender);
    assert_eq!(listing(folder.path()).segments.len(), 5);
    let held = held(folder.path());
    assert_eq!(held.lost, 0);
    assert!(held.numbers.len() > 80);
    assert_eq!(
        held.numbers,
        (400 - held.numbers.len()..400).collect::<Vec<_>>()
    );
}
