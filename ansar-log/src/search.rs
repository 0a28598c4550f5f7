//! Finding a moment in a segment without reading the segment.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use crate::header::{self, HEADER_BYTES};
use crate::stamp::Stamp;

/// Bytes of one look; also how near the search goes before reading on is cheaper.
const LOOK_BYTES: usize = 4096;

/// The offset of a record before `begin`, or 0, from where reading on soon meets the
/// first record that is not before `begin`.
pub(crate) fn offset_before(file: &File, begin: Stamp) -> io::Result<u64> {
    let mut low = 0;
    let mut high = file.metadata()?.len();
    while high - low > LOOK_BYTES as u64 {
        let middle = low + (high - low) / 2;
        match record_from(file, middle, high)? {
            Some((offset, stamp)) if stamp < begin => low = offset,
            // Without a record up to `high`, one before `middle` goes on until there.
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// The first record that begins at `from` or later and before `limit`; `from` is not 0.
fn record_from(file: &File, from: u64, limit: u64) -> io::Result<Option<(u64, Stamp)>> {
    let mut look = [0; LOOK_BYTES];
    // The newline before a record shows that it begins there.
    let mut start = from - 1;
    loop {
        let taken = fill(file, &mut look, start)?;
        let mut next = start + taken as u64;
        for newline in memchr::memchr_iter(b'\n', &look[..taken]) {
            let begin = newline + 1;
            let offset = start + begin as u64;
            if offset >= limit {
                return Ok(None);
            }
            if begin + HEADER_BYTES > taken {
                next = offset - 1;
                break;
            }
            if let Some(stamp) = header::stamp(&look[begin..taken]) {
                return Ok(Some((offset, stamp)));
            }
        }
        if taken < LOOK_BYTES || next >= limit {
            return Ok(None);
        }
        start = next;
    }
}

/// Reads until `bytes` are full or the file ends; returns how many were read.
pub(crate) fn fill(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(taken) => filled += taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_search_ends_shortly_before_the_moment_whatever_the_records_look_like(
            records in proptest::collection::vec((0_i64..3, 0_usize..200, 0_usize..40), 1..300),
            begin in 0_i64..400,
        ) {
            let mut file = tempfile::tempfile().unwrap();
            let mut stamp = 0;
            let mut places = Vec::new();
            let mut length = 0;
            for (step, text, continuations) in records {
                stamp += step;
                let text = format!(
                    "{} + <00000001>A - {}\n{}",
                    Stamp::from_milliseconds(stamp),
                    "x".repeat(text),
                    "\tmore of it\n".repeat(continuations * continuations),
                );
                places.push((length as u64, stamp));
                length += text.len();
                file.write_all(text.as_bytes()).unwrap();
            }
            let found = offset_before(&file, Stamp::from_milliseconds(begin)).unwrap();
            let at = places.iter().position(|(offset, _)| *offset == found);
            prop_assert!(at.is_some(), "{} is no start of a record", found);
            prop_assert!(found == 0 || places[at.unwrap()].1 < begin);
            let first = places.iter().find(|(_, stamp)| *stamp >= begin);
            let last_before = places.iter().rfind(|(_, stamp)| *stamp < begin).map_or(0, |place| place.0);
            let near = first.map_or(length as u64, |place| place.0);
            prop_assert!(last_before.saturating_sub(found) <= LOOK_BYTES as u64 + 256, "{} {} {}", found, last_before, near);
        }
    }
}
