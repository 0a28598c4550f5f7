//! The name of a segment: its first time, its chain and its number.

use std::fmt;

use crate::stamp::{STAMP_BYTES, Stamp};

/// The places of a stamp's text where a name has `-` instead of `:`.
const COLONS: [usize; 2] = [13, 16];

/// The name of a segment, ordered by number: the order in which segments were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentName {
    /// Unique in the folder.
    pub(crate) number: u64,
    /// Along which stamps never go back.
    pub(crate) chain: u64,
    /// Not after the segment's first record.
    pub(crate) first: Stamp,
}

impl SegmentName {
    /// Reads a file name; `None` when the file is no segment.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (time, rest) = name.strip_suffix(".log")?.split_at_checked(STAMP_BYTES)?;
        let (chain, number) = rest.strip_prefix("Z-")?.split_once('-')?;
        let mut time: [u8; STAMP_BYTES] = time.as_bytes().try_into().ok()?;
        for colon in COLONS {
            if time[colon] != b'-' {
                return None;
            }
            time[colon] = b':';
        }
        let parsed = Self {
            number: number.parse().ok()?,
            chain: chain.parse().ok()?,
            first: Stamp::of_text(&time)?,
        };
        // One segment has one name: no other spelling of the same numbers.
        (parsed.to_string() == name).then_some(parsed)
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.first.to_string().replace(':', "-");
        write!(f, "{time}Z-{}-{:08}.log", self.chain, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_the_format_says_and_read_back() {
        let name = SegmentName {
            number: 42,
            chain: 0,
            first: "2026-11-23T22:27:11.910".parse().unwrap(),
        };
        assert_eq!(name.to_string(), "2026-11-23T22-27-11.910Z-0-00000042.log");
        assert_eq!(SegmentName::parse(&name.to_string()), Some(name));
        let late = SegmentName {
            number: u64::MAX,
            ..name
        };
        assert_eq!(SegmentName::parse(&late.to_string()), Some(late));
    }

    #[test]
    fn other_files_are_no_segments() {
        for name in [
            "",
            "lock",
            ".log",
            "2026-11-23T22:27:11.910Z-0-00000042.log",
            "2026-11-23T22-27-11.910-0-00000042.log",
            "2026-11-23T22-27-11.910Z-0-42.log",
            "2026-11-23T22-27-11.910Z-+0-00000042.log",
            "2026-11-23T22-27-11.910Z-0-00000042.log.zst",
            "2026-13-23T22-27-11.910Z-0-00000042.log",
            "2026-11-23T22-27-11.91\u{20ac}Z-0-00000042.log",
        ] {
            assert_eq!(SegmentName::parse(name), None, "{name:?}");
        }
    }
}
