//! Reading while others write and delete.

use std::fs;
use std::path::{Path, PathBuf};

use ansar_log::{Entry, Error, Outcome, Record, Stamp, Store, Tag, Writer};

const CAP: u64 = 2 << 20;

fn write(writer: &mut Writer, stamp: i64, text: &str) {
    let outcome = writer.write(&Record {
        stamp: Stamp::from_milliseconds(stamp),
        tag: Tag::Trace,
        object: 1,
        name: "A",
        text: text.into(),
    });
    assert_eq!(outcome, Outcome::Stored);
}

fn records(folder: &Path) -> usize {
    let entries = Store::open(folder).records(None, None).unwrap();
    entries
        .filter(|entry| matches!(entry, Entry::Record(_)))
        .count()
}

/// Segments of this process's descriptors.
fn open_segments(folder: &Path) -> usize {
    let is_segment = |path: &PathBuf| {
        path.starts_with(folder) && path.extension().is_some_and(|ext| ext == "log")
    };
    fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter(is_segment)
        .count()
}

#[test]
fn a_reader_survives_that_segments_are_deleted_under_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), CAP).unwrap();
    for stamp in 0..8000 {
        write(&mut writer, stamp, &"x".repeat(200));
    }
    let mut reading = Store::open(folder.path()).records(None, None).unwrap();
    assert!(reading.next().is_some());
    for stamp in 8000..40_000 {
        write(&mut writer, stamp, &"x".repeat(200));
    }
    let mut last = Stamp::MIN;
    for entry in reading {
        let Entry::Record(record) = entry else {
            panic!("{entry:?}");
        };
        assert!(record.stamp() > last);
        last = record.stamp();
    }
}

#[test]
fn few_segments_are_open_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut writers: Vec<_> = (0..2)
        .map(|_| Writer::open(folder.path(), CAP).unwrap())
        .collect();
    for stamp in 0..4000 {
        write(
            &mut writers[usize::from(stamp % 5 == 0)],
            stamp,
            &"x".repeat(200),
        );
    }
    drop(writers);
    assert!(fs::read_dir(folder.path()).unwrap().count() > 50);
    let mut most = 0;
    for _ in Store::open(folder.path()).records(None, None).unwrap() {
        most = most.max(open_segments(folder.path()));
    }
    assert_eq!(most, 2);
}

#[test]
fn looking_changes_nothing_and_works_without_the_right_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), CAP).unwrap();
    write(&mut writer, 1, "one");
    let shape = || {
        let mut files: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (
                    entry.file_name(),
                    entry.metadata().unwrap().modified().unwrap(),
                    entry.metadata().unwrap().len(),
                )
            })
            .collect();
        files.sort();
        files
    };
    let before = shape();
    assert_eq!(records(folder.path()), 1);
    assert_eq!(shape(), before);
}

#[test]
fn a_store_that_was_never_written_has_no_records_and_a_file_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(records(&folder.path().join("nothing")), 0);
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file).records(None, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot list the log store in \"{}\"", file.display())
    );
    assert!(matches!(Writer::open(&file, CAP), Err(Error::Io { .. })));
}

#[test]
fn other_files_in_the_folder_are_neither_read_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("notes.log");
    fs::create_dir_all(folder.path()).unwrap();
    fs::write(&other, "2024-09-19T13:28:32.162 + <00000010>A - one\n").unwrap();
    let mut writer = Writer::open(folder.path(), CAP).unwrap();
    for stamp in 0..20_000 {
        write(&mut writer, stamp, &"x".repeat(200));
    }
    assert!(other.exists());
    assert!(records(folder.path()) < 20_000);
}
