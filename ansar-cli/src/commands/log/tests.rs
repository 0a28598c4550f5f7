use std::fs;

use ansar_home_layout::{PastRun, document};
use ansar_log::{Record, Tag, Writer};
use clap::Parser;

use super::*;
use crate::commands::fixture::{Fixture, role};
use crate::error::ErrorKind;

/// The arguments of `log` alone, as a command line.
#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

/// 2024-09-19T13:28:32.000
const MOMENT: i64 = 1_726_752_512_000;

/// A role `x` with a record every second from [`MOMENT`] on.
fn fixture() -> Fixture {
    let fixture = Fixture::with_roles(&["x"]);
    let logs = fixture.home.logs(&role("x"));
    let mut writer = Writer::open(&logs, 1 << 30).unwrap();
    for second in 0..5 {
        let text = format!("record {second}");
        writer.write(&Record {
            stamp: Stamp::from_milliseconds(MOMENT + second * 1000),
            tag: Tag::Console,
            object: 1,
            name: "Server",
            text: text.as_str().into(),
        });
    }
    fixture
}

fn parsed(words: &[&str]) -> Arguments {
    let words = ["log"].iter().chain(words);
    Line::try_parse_from(words).unwrap().arguments
}

fn shown(fixture: &Fixture, words: &[&str]) -> (String, String) {
    fixture.printed(|global, output| run(parsed(words), global, output))
}

/// The numbers of the records that are shown.
fn numbers(fixture: &Fixture, words: &[&str]) -> Vec<String> {
    let lines = shown(fixture, words).0;
    let number = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
    lines.lines().map(number).collect()
}

fn error(fixture: &Fixture, words: &[&str]) -> (ErrorKind, String) {
    let (mut data, mut printed) = (Vec::new(), Vec::new());
    let mut output = Output::to(&mut data, &mut printed);
    let error = run(parsed(words), &fixture.global(), &mut output).unwrap_err();
    (error.kind, error.lines()[0].clone())
}

#[test]
fn records_are_shown_as_they_are_stored() {
    let (data, words) = shown(&fixture(), &["x", "--from=2024-09-19", "--count=1"]);
    assert_eq!(
        data,
        "2024-09-19T13:28:32.000 ^ <00000001>Server - record 0\n"
    );
    assert_eq!(words, "");
}

#[test]
fn the_window_is_half_open_and_the_count_counts() {
    let fixture = fixture();
    let from = "--from=2024-09-19T13:28:33";
    assert_eq!(numbers(&fixture, &["x", from]), ["1", "2", "3", "4"]);
    assert_eq!(
        numbers(&fixture, &["x", from, "--to=2024-09-19T13:28:35"]),
        ["1", "2"]
    );
    assert_eq!(numbers(&fixture, &["x", from, "--span=1s"]), ["1"]);
    assert_eq!(numbers(&fixture, &["x", from, "--count=2"]), ["1", "2"]);
    assert!(numbers(&fixture, &["x", from, "--count=0"]).is_empty());
    assert!(numbers(&fixture, &["x"]).is_empty());
}

#[test]
fn a_start_of_the_role_begins_a_window() {
    let fixture = fixture();
    let runs = [MOMENT, MOMENT + 3000].map(|start| PastRun {
        start,
        stop: None,
        ended: None,
    });
    document::replace(&fixture.home.history_file(&role("x")), &runs).unwrap();
    assert_eq!(numbers(&fixture, &["x", "--start=0"]), ["0", "1", "2"]);
    assert_eq!(numbers(&fixture, &["x", "--start=-1"]), ["3", "4"]);
    let (kind, line) = error(&fixture, &["x", "--start=2"]);
    assert_eq!(kind, ErrorKind::Failure);
    assert!(line.starts_with("ansar: cannot show the log of \"x\": --start=2 does not exist"));
}

#[test]
fn what_makes_no_window_is_a_usage_error() {
    let fixture = fixture();
    for words in [
        &["x", "--from=2024", "--back=5m"][..],
        &["x", "--to=2024-09-19", "--count=1"],
        &["x", "--back=5x"],
        &["x", "--last=hours"],
        &["x", "--from=2024-09-19", "--to=2024-09-18"],
    ] {
        let (kind, line) = error(&fixture, words);
        assert_eq!(kind, ErrorKind::Usage, "{words:?}");
        assert!(
            line.starts_with("ansar: cannot show the log of \"x\": "),
            "{line}"
        );
    }
}

#[test]
fn a_role_without_logs_shows_nothing_and_an_unknown_one_is_an_error() {
    let fixture = Fixture::with_roles(&["x"]);
    let empty = (String::new(), String::new());
    assert_eq!(shown(&fixture, &["x", "--back=1d"]), empty);
    for (words, name) in [(["y"], "y"), (["group.default"], "group.default")] {
        let (kind, line) = error(&fixture, &words);
        assert_eq!(kind, ErrorKind::Failure);
        assert_eq!(
            line,
            format!("ansar: cannot find role \"{name}\": it does not exist")
        );
    }
    fs::create_dir(fixture.home.logs(&role("group.default"))).unwrap();
    assert_eq!(shown(&fixture, &["group.default"]), empty);
}

#[test]
fn damage_is_told_beside_the_records() {
    let fixture = fixture();
    let logs = fixture.home.logs(&role("x"));
    let segment = fs::read_dir(&logs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            fs::read(path)
                .unwrap()
                .windows(8)
                .any(|part| part == b"record 2")
        })
        .unwrap();
    let text = fs::read_to_string(&segment).unwrap();
    let damaged = text.replace("2024-09-19T13:28:34.000", "????-??-??T??:??:??.???");
    fs::write(&segment, damaged).unwrap();
    let (data, words) = shown(&fixture, &["x", "--from=2024-09-19"]);
    assert_eq!(data.lines().count(), 4, "{data}");
    assert!(words.starts_with("ansar: "), "{words}");
}

#[test]
fn local_time_is_marked() {
    let (data, _) = shown(
        &fixture(),
        &["x", "--from=2024-09-19T00:00Z", "--clock", "--count=1"],
    );
    assert!(
        data.starts_with("2024-09-") && data.as_bytes()[10] == b't',
        "{data}"
    );
}
