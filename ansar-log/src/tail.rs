//! How a segment ends: what the next writer must know before it continues one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use crate::header::{self, CONTINUATION};
use crate::stamp::Stamp;

/// Bytes that are read from the end first; nearly always they hold a whole record.
const FIRST_LOOK_BYTES: u64 = 8192;

/// How a segment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// Bytes of the segment.
    pub(crate) length: u64,
    /// The stamp of its last record; `None` when it has no record.
    pub(crate) last: Option<Stamp>,
    /// Whether it ends where a record ends.
    pub(crate) is_whole: bool,
}

impl Tail {
    pub(crate) fn read(file: &File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let mut look = FIRST_LOOK_BYTES;
        loop {
            let start = length.saturating_sub(look);
            let mut bytes = vec![0; usize::try_from(length - start).unwrap_or(usize::MAX)];
            file.read_exact_at(&mut bytes, start)?;
            let (last, is_whole) = end_of(whole_lines(&bytes, start));
            if last.is_some() || start == 0 {
                return Ok(Self {
                    length,
                    last,
                    is_whole,
                });
            }
            look *= 8;
        }
    }
}

/// `bytes` from the first line that begins in them.
fn whole_lines(bytes: &[u8], start: u64) -> &[u8] {
    if start == 0 {
        return bytes;
    }
    memchr::memchr(b'\n', bytes).map_or(&[], |end| &bytes[end + 1..])
}

/// The stamp of the last record, and whether the bytes end where it ends.
fn end_of(bytes: &[u8]) -> (Option<Stamp>, bool) {
    let mut is_whole = bytes.is_empty() || bytes.ends_with(b"\n");
    let mut rest = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    while !rest.is_empty() {
        let begin = memchr::memrchr(b'\n', rest).map_or(0, |end| end + 1);
        let line = &rest[begin..];
        if let Some(stamp) = header::stamp(line) {
            return (Some(stamp), is_whole);
        }
        is_whole &= line.first() == Some(&CONTINUATION);
        rest = &rest[..begin.saturating_sub(1)];
    }
    (None, is_whole && bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const FIRST: &str = "2024-09-19T13:28:32.162 + <00000010>A - b\n";
    const SECOND: &str = "2024-09-19T13:28:33.000 + <00000010>A - c\n\tand d\n";

    fn tail_of(text: &[u8]) -> (Option<String>, bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let tail = Tail::read(&file).unwrap();
        assert_eq!(tail.length, text.len() as u64);
        (tail.last.map(|stamp| stamp.to_string()), tail.is_whole)
    }

    #[test]
    fn the_end_of_a_segment_is_whole_torn_or_damaged() {
        let last = Some("2024-09-19T13:28:33.000".to_owned());
        let whole = [FIRST, SECOND].concat();
        assert_eq!(tail_of(b""), (None, true));
        assert_eq!(tail_of(whole.as_bytes()), (last.clone(), true));
        assert_eq!(
            tail_of(&whole.as_bytes()[..whole.len() - 1]),
            (last.clone(), false)
        );
        assert_eq!(
            tail_of([&whole, "2024-"].concat().as_bytes()),
            (last.clone(), false)
        );
        assert_eq!(
            tail_of([&whole, "\0\0\n\tx\n"].concat().as_bytes()),
            (last.clone(), false)
        );
        assert_eq!(tail_of([&whole, "\n"].concat().as_bytes()), (last, false));
        assert_eq!(tail_of(b"\0\0\0"), (None, false));
        assert_eq!(tail_of(b"\n"), (None, false));
    }

    #[test]
    fn a_last_record_larger_than_the_first_look_is_found() {
        for lines in [1000, 5000, 100_000] {
            let text = [FIRST, SECOND, &"\tmore\n".repeat(lines)].concat();
            let last = Some("2024-09-19T13:28:33.000".to_owned());
            assert_eq!(tail_of(text.as_bytes()), (last, true));
        }
    }
}
