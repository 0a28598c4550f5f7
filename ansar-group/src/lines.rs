//! Bytes become lines.

use std::time::{Duration, Instant};

/// The longest line; a longer one is stored in pieces. Programs that print documents print
/// them in less, and the memory held for a line without end is this much.
pub(crate) const LINE_BYTES_MAX: usize = 16 * 1024;

/// How long the beginning of a line waits for its end: a prompt or a progress mark is worth
/// reading although no line end follows it.
pub(crate) const PARTIAL_LIMIT: Duration = Duration::from_secs(1);

/// The beginning of a line.
#[derive(Debug)]
struct Partial {
    bytes: Vec<u8>,
    flush_at: Instant,
}

/// Cuts a stream of bytes into lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    partial: Option<Partial>,
}

impl Lines {
    /// Takes what came at `now`; gives every line that is complete, without its end.
    pub(crate) fn take(&mut self, mut bytes: &[u8], now: Instant, mut line: impl FnMut(&[u8])) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            let (last, rest) = (&bytes[..end], &bytes[end + 1..]);
            self.append(last, now, &mut line);
            match self.partial.take() {
                Some(partial) => line(without_return(&partial.bytes)),
                None => line(b""),
            }
            bytes = rest;
        }
        self.append(bytes, now, &mut line);
    }

    /// Gives the beginning of a line, if there is one, as if it were whole.
    pub(crate) fn flush(&mut self, mut line: impl FnMut(&[u8])) {
        if let Some(partial) = self.partial.take() {
            line(&partial.bytes);
        }
    }

    /// When [`Lines::flush`] is due.
    pub(crate) fn flush_at(&self) -> Option<Instant> {
        self.partial.as_ref().map(|partial| partial.flush_at)
    }

    /// Appends bytes that have no line end; gives the pieces of a line that is too long.
    fn append(&mut self, mut bytes: &[u8], now: Instant, line: &mut impl FnMut(&[u8])) {
        while !bytes.is_empty() {
            let partial = self.partial.get_or_insert_with(|| Partial {
                bytes: Vec::new(),
                flush_at: now + PARTIAL_LIMIT,
            });
            if partial.bytes.len() == LINE_BYTES_MAX {
                line(&partial.bytes);
                self.partial = None;
                continue;
            }
            let room = LINE_BYTES_MAX - partial.bytes.len();
            let (now_taken, rest) = bytes.split_at(room.min(bytes.len()));
            partial.bytes.extend_from_slice(now_taken);
            bytes = rest;
        }
    }
}

/// The line end of some programs is two bytes.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_of<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
        let mut lines = Lines::default();
        let mut taken = Vec::new();
        for chunk in chunks {
            lines.take(chunk, crate::clock::now(), |line| taken.push(line.to_vec()));
        }
        lines.flush(|line| taken.push(line.to_vec()));
        taken
    }

    #[test]
    fn the_beginning_of_a_line_is_due_a_second_after_it_came() {
        let now = crate::clock::now();
        let mut lines = Lines::default();
        lines.take(b"whole\npass", now, |_| ());
        lines.take(b"word: ", now + PARTIAL_LIMIT / 2, |_| ());
        assert_eq!(lines.flush_at(), Some(now + PARTIAL_LIMIT));
        let mut flushed = Vec::new();
        lines.flush(|line| flushed.extend_from_slice(line));
        assert_eq!(
            (flushed.as_slice(), lines.flush_at()),
            (&b"password: "[..], None)
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_given_in_pieces() {
        let long = vec![b'x'; LINE_BYTES_MAX * 2 + 5];
        let lengths: Vec<_> = lines_of([&long[..], b"\n"]).iter().map(Vec::len).collect();
        assert_eq!(lengths, [LINE_BYTES_MAX, LINE_BYTES_MAX, 5]);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_one_line() {
        let mut full = vec![b'x'; LINE_BYTES_MAX];
        full.push(b'\n');
        assert_eq!(lines_of([&full[..]]).len(), 1);
    }

    #[test]
    fn empty_lines_count_and_returns_do_not() {
        assert_eq!(
            lines_of([&b"a\r\n\n\r\nb"[..]]),
            [&b"a"[..], b"", b"", b"b"]
        );
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_they_arrive(
            text in "[ab\n]{0,60}", cuts in prop::collection::vec(1..9_usize, 0..30),
        ) {
            let bytes = text.as_bytes();
            let mut chunks = Vec::new();
            let mut rest = bytes;
            for cut in cuts {
                let (chunk, after) = rest.split_at(cut.min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            chunks.push(rest);
            let expected: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
            prop_assert_eq!(lines_of(chunks), expected);
        }
    }
}
