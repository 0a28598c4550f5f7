//! The fixed columns at the start of a record.

use crate::stamp::{STAMP_BYTES, Stamp};

/// Bytes up to the name of the object.
pub(crate) const HEADER_BYTES: usize = 36;

/// What a continuation line starts with.
pub(crate) const CONTINUATION: u8 = b'\t';

/// The stamp of a record's first line; `None` when the line does not begin a record.
pub(crate) fn stamp(line: &[u8]) -> Option<Stamp> {
    let (stamp, rest) = line.get(..HEADER_BYTES)?.split_at(STAMP_BYTES);
    let [b' ', tag, b' ', b'<', object @ .., b'>'] = rest else {
        return None;
    };
    let is_object = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if !tag.is_ascii_graphic() || !object.iter().all(is_object) {
        return None;
    }
    Stamp::of_text(stamp)
}

/// The stamp of bytes that are exactly one record, with its continuation lines and last newline.
pub(crate) fn stamp_of_one_record(bytes: &[u8]) -> Option<Stamp> {
    let lines = bytes.strip_suffix(b"\n")?;
    let is_one =
        memchr::memchr_iter(b'\n', lines).all(|end| lines.get(end + 1) == Some(&CONTINUATION));
    if is_one { stamp(lines) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] = b"2024-09-19T13:28:32.162 + <00000010>A - b\n";

    #[test]
    fn only_the_fixed_columns_begin_a_record() {
        assert!(stamp(LINE).is_some());
        assert!(stamp(&LINE[..HEADER_BYTES]).is_some());
        assert_eq!(stamp(&LINE[..HEADER_BYTES - 1]), None);
        for at in [0, 4, 23, 24, 25, 26, 27, 35] {
            let mut other = LINE.to_vec();
            other[at] = b'\t';
            assert_eq!(stamp(&other), None, "byte {at}");
        }
    }

    #[test]
    fn one_record_is_a_line_and_its_continuations() {
        assert!(stamp_of_one_record(LINE).is_some());
        assert!(stamp_of_one_record(&[LINE, b"\tmore\n"].concat()).is_some());
        assert_eq!(stamp_of_one_record(&[LINE, LINE].concat()), None);
        assert_eq!(stamp_of_one_record(&[LINE, b"\n"].concat()), None);
        assert_eq!(stamp_of_one_record(&LINE[..LINE.len() - 1]), None);
        assert_eq!(stamp_of_one_record(b""), None);
    }
}
