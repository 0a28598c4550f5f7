use std::io::Write as _;

use tempfile::TempDir;

use super::*;

const FIRST: &str = "2024-09-19T13:28:32.162 + <00000010>A - one\n";
const SECOND: &str = "2024-09-19T13:28:33.000 ~ <00000010>A - two\n\tand more\n\t\n";
const THIRD: &str = "2024-09-19T13:28:34.000 ~ <00000010>A - three\n";

struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s"), bytes).unwrap();
        Self { folder }
    }

    /// What is read from `begin` on: records as they are, damaged places as offset, length and cause.
    fn read(&self, begin: Option<&str>) -> Vec<String> {
        let begin = begin.map(|begin| begin.parse().unwrap());
        let mut segment = Segment::open(self.folder.path().join("s"), begin).unwrap();
        std::iter::from_fn(|| segment.next())
            .map(|entry| match entry {
                Entry::Record(record) => String::from_utf8_lossy(record.bytes()).into_owned(),
                Entry::Damage(damage) => {
                    format!("{} {} {:?}", damage.offset, damage.length, damage.cause)
                }
            })
            .collect()
    }
}

fn read(bytes: &[u8]) -> Vec<String> {
    Fixture::new(bytes).read(None)
}

#[test]
fn records_come_with_their_continuation_lines() {
    let all = [FIRST, SECOND, THIRD];
    assert_eq!(read(all.concat().as_bytes()), all);
    assert_eq!(read(b""), Vec::<String>::new());
}

#[test]
fn a_window_begins_at_the_first_record_that_is_not_before_it() {
    let segment = Fixture::new([FIRST, SECOND, THIRD].concat().as_bytes());
    assert_eq!(
        segment.read(Some("2024-09-19T13:28:33.000")),
        [SECOND, THIRD]
    );
    assert_eq!(segment.read(Some("2024-09-19T13:28:33.001")), [THIRD]);
    assert_eq!(
        segment.read(Some("2024-09-19T13:28:35.000")),
        Vec::<String>::new()
    );
}

#[test]
fn a_damaged_place_is_told_and_what_is_around_it_is_read() {
    let damage = "\0\0\0\nno record\n\tnor this\n\n";
    let place = format!("{} {} NotARecord", FIRST.len(), damage.len());
    assert_eq!(
        read([FIRST, damage, SECOND].concat().as_bytes()),
        [FIRST, &place, SECOND]
    );
    assert_eq!(read([FIRST, damage].concat().as_bytes()), [FIRST, &place]);
    assert_eq!(
        read(["\tno beginning\n", FIRST].concat().as_bytes()),
        ["0 14 NotARecord", FIRST]
    );
    let segment = Fixture::new([FIRST, damage, SECOND, "x\n", THIRD].concat().as_bytes());
    let later = format!("{} 2 NotARecord", FIRST.len() + damage.len() + SECOND.len());
    assert_eq!(
        segment.read(Some("2024-09-19T13:28:34.000")),
        [&later, THIRD]
    );
}

#[test]
fn a_torn_end_takes_its_whole_record_with_it_and_no_other() {
    let whole = [FIRST, SECOND].concat();
    for kept in FIRST.len() + 1..whole.len() {
        let expected = if whole.as_bytes()[kept - 1] == b'\n' {
            // Cut at an inner newline it cannot be told from a whole record.
            whole[FIRST.len()..kept].to_owned()
        } else {
            format!("{} {} Torn", FIRST.len(), kept - FIRST.len())
        };
        assert_eq!(read(&whole.as_bytes()[..kept]), [FIRST, &expected]);
    }
    assert_eq!(
        read([FIRST, "\0\0\n", "2024"].concat().as_bytes()),
        [FIRST, "44 3 NotARecord", "47 4 Torn"]
    );
}

#[test]
fn an_end_that_a_writer_is_writing_is_not_torn_but_not_there_yet() {
    let segment = Fixture::new([FIRST, "2024-09"].concat().as_bytes());
    let mut writer = File::options()
        .append(true)
        .open(segment.folder.path().join("s"))
        .unwrap();
    assert!(ofd::try_lock(&writer).unwrap());
    assert_eq!(segment.read(None), [FIRST]);
    writer.write_all(&THIRD.as_bytes()[7..]).unwrap();
    assert_eq!(segment.read(None), [FIRST, THIRD]);
}

#[test]
fn a_huge_place_without_records_is_told_in_bounded_memory() {
    let damage = vec![b'z'; 5 * RECORD_BYTES_MAX];
    let segment = Fixture::new(&[FIRST.as_bytes(), &damage, b"\n", SECOND.as_bytes()].concat());
    let place = format!("44 {} NotARecord", damage.len() + 1);
    assert_eq!(segment.read(None), [FIRST, &place, SECOND]);
    assert_eq!(
        segment.read(Some("2024-09-19T13:28:33.000")),
        [&place, SECOND]
    );
}

#[test]
fn the_largest_record_is_read_across_many_reads() {
    let large = format!(
        "{}{}\n",
        FIRST,
        "\tx".repeat((RECORD_BYTES_MAX - FIRST.len()) / 2 - 1)
    );
    assert_eq!(read([&large, THIRD].concat().as_bytes()), [&large, THIRD]);
}

#[test]
fn invalid_utf8_passes_through() {
    let line = b"2024-09-19T13:28:32.162 1 <00000000>A - \xff\xfe\n";
    let segment = Fixture::new(line);
    let mut segment = Segment::open(segment.folder.path().join("s"), None).unwrap();
    let Some(Entry::Record(record)) = segment.next() else {
        panic!("no record");
    };
    assert_eq!(record.bytes(), line);
    assert_eq!(record.tag(), Some(crate::tag::Tag::Output));
    assert_eq!(record.bytes_after_stamp(), &line[23..]);
}

#[test]
fn a_segment_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut segment = Segment::open(folder.path().to_owned(), None).unwrap();
    assert!(matches!(
        segment.next(),
        Some(Entry::Damage(Damage {
            cause: DamageCause::Unreadable(_),
            ..
        }))
    ));
    assert!(segment.next().is_none());
}
