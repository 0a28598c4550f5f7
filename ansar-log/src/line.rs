//! A record as the bytes that are stored.

use std::fmt::{self, Write as _};

use crate::record::{RECORD_BYTES_MAX, Record, Text};
use crate::stamp::StampText;

/// The most bytes of the mark that says how much was cut.
const MARK_BYTES_MAX: usize = 40;

/// Turns records into the bytes that are stored, in a buffer that is used again and again.
///
/// ```
/// # use ansar_log::{Line, Record, Stamp, Tag};
/// let record = Record {
///     stamp: "2024-09-19T13:28:32.162".parse()?,
///     tag: Tag::Created,
///     object: 0x10,
///     name: "SocketSelect",
///     text: "Created by <00000001>".into(),
/// };
/// assert_eq!(
///     Line::new().format(&record),
///     b"2024-09-19T13:28:32.162 + <00000010>SocketSelect - Created by <00000001>\n"
/// );
/// # Ok::<(), ansar_log::StampError>(())
/// ```
#[derive(Debug)]
pub struct Line {
    bytes: Vec<u8>,
    stamp: StampText,
    bytes_max: usize,
}

impl Line {
    /// A line of at most [`RECORD_BYTES_MAX`] bytes.
    pub const fn new() -> Self {
        Self::with_limit(RECORD_BYTES_MAX)
    }

    pub(crate) const fn with_limit(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            stamp: StampText::new(),
            bytes_max,
        }
    }

    /// The record as it is stored: its line and continuation lines, each ended by a newline.
    pub fn format(&mut self, record: &Record<'_>) -> &[u8] {
        self.bytes.clear();
        self.bytes.extend_from_slice(&self.stamp.of(record.stamp));
        self.bytes.push(b' ');
        self.bytes.push(record.tag.symbol() as u8);
        self.bytes.extend_from_slice(b" <");
        self.bytes.extend_from_slice(&hexadecimal(record.object));
        self.bytes.push(b'>');
        let mut visible = Visible {
            line: &mut self.bytes,
            bytes_max: self.bytes_max - MARK_BYTES_MAX,
            line_end: b"\\x0a",
            cut: 0,
        };
        visible.push(record.name.as_bytes());
        visible.keep(b" - ");
        visible.line_end = b"\n\t";
        match record.text {
            Text::Format(arguments) => match arguments.as_str() {
                Some(text) => visible.push(text.as_bytes()),
                // An error here is the text's own; what it said before stands.
                None => drop(visible.write_fmt(arguments)),
            },
            Text::Bytes(bytes) => visible.push(bytes),
        }
        visible.finish();
        &self.bytes
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

fn hexadecimal(object: u32) -> [u8; 8] {
    let mut text = [0; 8];
    for (digit, place) in text.iter_mut().rev().enumerate() {
        *place = b"0123456789abcdef"[(object >> (4 * digit)) as usize & 0xf];
    }
    text
}

/// Appends text to a line so that it can neither end the record nor speak to a terminal.
struct Visible<'a> {
    line: &'a mut Vec<u8>,
    bytes_max: usize,
    /// What stands for a newline.
    line_end: &'static [u8],
    /// Bytes that found no room.
    cut: usize,
}

impl Visible<'_> {
    fn push(&mut self, mut text: &[u8]) {
        while let Some(at) = text.iter().position(|byte| is_suspect(*byte)) {
            self.keep(&text[..at]);
            let taken = self.push_suspect(&text[at..]);
            text = &text[at + taken..];
        }
        self.keep(text);
    }

    /// Appends what stands for the first byte or two of `text`; returns how many it took.
    fn push_suspect(&mut self, text: &[u8]) -> usize {
        match text {
            [b'\n', ..] => self.unit(self.line_end, 1),
            // U+0080 to U+009F, which terminals obey like ESC.
            [0xc2, second @ 0x80..=0x9f, ..] => {
                self.unit(&[escaped(0xc2), escaped(*second)].concat(), 2);
                return 2;
            }
            [0xc2, ..] => self.unit(&[0xc2], 1),
            [control, ..] => self.unit(&escaped(*control), 1),
            [] => {}
        }
        1
    }

    /// Appends all of `unit`, which stands for `source_bytes` bytes, or nothing of it.
    fn unit(&mut self, unit: &[u8], source_bytes: usize) {
        if self.cut > 0 || self.line.len() + unit.len() > self.bytes_max {
            self.cut += source_bytes;
        } else {
            self.line.extend_from_slice(unit);
        }
    }

    /// Appends as much of `text` as there is room for, whole characters.
    fn keep(&mut self, text: &[u8]) {
        if self.cut > 0 {
            self.cut += text.len();
            return;
        }
        let mut kept = text
            .len()
            .min(self.bytes_max.saturating_sub(self.line.len()));
        if kept < text.len() {
            let floor = kept.saturating_sub(3);
            while kept > floor && text[kept] & 0xc0 == 0x80 {
                kept -= 1;
            }
        }
        self.line.extend_from_slice(&text[..kept]);
        self.cut += text.len() - kept;
    }

    /// Ends the record; empty lines at its end say nothing and are left out.
    fn finish(self) {
        end(self.line, self.cut);
    }
}

/// Makes a record that is ready fit into `bytes_max`.
pub(crate) fn cut(line: &mut Vec<u8>, bytes_max: usize) {
    if line.len() <= bytes_max {
        return;
    }
    let kept = whole_characters(line, bytes_max - MARK_BYTES_MAX);
    let cut = line.len() - kept - 1;
    line.truncate(kept);
    end(line, cut);
}

/// Ends a record that `cut` bytes found no room in; empty lines at its end say nothing
/// and are left out.
fn end(line: &mut Vec<u8>, cut: usize) {
    while line.ends_with(b"\n\t") {
        line.truncate(line.len() - 2);
    }
    if cut > 0 {
        line.extend_from_slice(format!(" [{cut} bytes cut]").as_bytes());
    }
    line.push(b'\n');
}

/// The most bytes of `text`, at most `bytes_max`, that do not divide a character.
fn whole_characters(text: &[u8], bytes_max: usize) -> usize {
    if text.len() <= bytes_max {
        return text.len();
    }
    let floor = bytes_max.saturating_sub(3);
    let is_boundary = |kept: &usize| text[*kept] & 0xc0 != 0x80;
    (floor..=bytes_max)
        .rev()
        .find(is_boundary)
        .unwrap_or(bytes_max)
}

impl fmt::Write for Visible<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// Bytes that may not stand as they are: control bytes but TAB, DEL, and the first byte of
/// the control characters beyond ASCII.
const fn is_suspect(byte: u8) -> bool {
    matches!(byte, 0..=8 | 10..=31 | 0x7f | 0xc2)
}

fn escaped(byte: u8) -> [u8; 4] {
    let digits = hexadecimal(byte.into());
    [b'\\', b'x', digits[6], digits[7]]
}

#[cfg(test)]
mod tests;
