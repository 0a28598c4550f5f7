use proptest::prelude::*;

use super::*;
use crate::stamp::Stamp;
use crate::tag::Tag;

fn line_of(name: &str, text: Text<'_>, bytes_max: usize) -> Vec<u8> {
    let record = Record {
        stamp: Stamp::from_milliseconds(1_726_752_512_162),
        tag: Tag::Trace,
        object: 0xdead_beef,
        name,
        text,
    };
    Line::with_limit(bytes_max).format(&record).to_vec()
}

fn text_of(text: &[u8]) -> Vec<u8> {
    let line = line_of("A", text.into(), RECORD_BYTES_MAX);
    let head = b"2024-09-19T13:28:32.162 ~ <deadbeef>A - ";
    line.strip_prefix(head).unwrap().to_vec()
}

#[test]
fn a_newline_begins_a_continuation_line() {
    assert_eq!(text_of(b"one\ntwo\n\tthree"), b"one\n\ttwo\n\t\tthree\n");
    assert_eq!(text_of(b"\nafter"), b"\n\tafter\n");
}

#[test]
fn newlines_at_the_end_add_no_empty_lines() {
    assert_eq!(text_of(b"one\n\n"), b"one\n");
    assert_eq!(text_of(b"\n"), b"\n");
}

#[test]
fn control_bytes_are_seen_and_not_obeyed() {
    assert_eq!(
        text_of(b"a\r\n\x1b[2J\0\x7f\tb"),
        b"a\\x0d\n\t\\x1b[2J\\x00\\x7f\tb\n"
    );
    assert_eq!(
        text_of("\u{9b}2J \u{a3}".as_bytes()),
        "\\xc2\\x9b2J \u{a3}\n".as_bytes()
    );
}

#[test]
fn invalid_utf8_is_kept() {
    assert_eq!(text_of(b"\xff\xc2 \xc2"), b"\xff\xc2 \xc2\n");
}

#[test]
fn a_name_cannot_end_the_line() {
    let line = line_of("A\nB", "text".into(), RECORD_BYTES_MAX);
    assert!(line.ends_with(b">A\\x0aB - text\n"));
}

#[test]
fn a_formatted_text_is_treated_like_any_other() {
    let line = line_of(
        "A",
        format_args!("{}\n{}", 1, "\x1b").into(),
        RECORD_BYTES_MAX,
    );
    assert!(line.ends_with(b"A - 1\n\t\\x1b\n"));
}

#[test]
fn what_is_beyond_the_limit_is_cut_between_characters_and_counted() {
    let line = line_of("A", "\u{20ac}".repeat(40).as_str().into(), 100);
    // 40 bytes of head, 60 less the mark's 40 for the text: six characters of three bytes.
    let expected = format!("{} [102 bytes cut]\n", "\u{20ac}".repeat(6));
    assert_eq!(&line[40..], expected.as_bytes());
    assert!(line.len() <= 100);
}

#[test]
fn a_cut_does_not_divide_what_stands_for_a_control_byte() {
    let line = line_of("A", "\x1b".repeat(40).as_str().into(), 100);
    assert_eq!(&line[40..], b"\\x1b\\x1b\\x1b\\x1b\\x1b [35 bytes cut]\n");
}

proptest! {
    #[test]
    fn no_text_and_no_name_can_forge_a_record(
        text in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'2'), any::<u8>()], 0..300),
        name in ".{0,40}",
        bytes_max in 100_usize..400,
    ) {
        let line = line_of(&name, text.as_slice().into(), bytes_max);
        prop_assert!(line.len() <= bytes_max);
        let body = line.strip_suffix(b"\n").unwrap();
        for later in body.split(|byte| *byte == b'\n').skip(1) {
            prop_assert_eq!(later.first(), Some(&b'\t'));
        }
        prop_assert!(body.iter().all(|byte| matches!(byte, b'\n' | b'\t') || (*byte >= 32 && *byte != 0x7f)));
    }
}
