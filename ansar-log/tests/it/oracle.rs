//! Every window of a store is what a reader that knows nothing but the lines would give.

use std::fs;
use std::path::Path;

use ansar_log::{Entry, Outcome, Record, Stamp, Store, Tag, Writer};
use proptest::prelude::*;

const CAP: u64 = 2 << 20;

/// One thing that happens to a store.
#[derive(Clone, Debug)]
enum Event {
    /// A writer stores records: so many, this far apart, with this much text and these many lines.
    Write {
        writer: usize,
        records: usize,
        step: i64,
        text: usize,
        lines: usize,
    },
    /// A writer ends and another takes its place, by a clock that is off by so much.
    Restart { writer: usize, clock: i64 },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..3_usize, 1..400_usize, -2..4_i64, 0..600_usize, 0..4_usize)
            .prop_map(|(writer, records, step, text, lines)| Event::Write { writer, records, step, text, lines }),
        1 => (0..3_usize, 1..4_usize, Just(0), Just(40_000), Just(2_usize))
            .prop_map(|(writer, records, step, text, lines)| Event::Write { writer, records, step, text, lines }),
        2 => (0..3_usize, -3000..3000_i64).prop_map(|(writer, clock)| Event::Restart { writer, clock }),
    ]
}

/// A record with where it came from: its chain and its place there.
type Known = (Stamp, u64, Vec<u8>);

/// Reads every segment whole, and sorts.
fn linear(folder: &Path) -> Vec<Known> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lock")
        .collect();
    let number = |name: &str| {
        name[name.rfind('-').unwrap() + 1..]
            .trim_end_matches(".log")
            .parse::<u64>()
            .unwrap()
    };
    names.sort_by_key(|name| number(name));
    let mut known: Vec<Known> = Vec::new();
    for name in names {
        let chain = name
            .split("Z-")
            .nth(1)
            .unwrap()
            .split('-')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let text = fs::read(folder.join(&name)).unwrap();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if line[0] == b'\t' {
                known.last_mut().unwrap().2.extend_from_slice(line);
            } else {
                let stamp = str::from_utf8(&line[..23]).unwrap().parse().unwrap();
                known.push((stamp, chain, line.to_vec()));
            }
        }
    }
    known.sort_by_key(|(stamp, chain, _)| (*stamp, *chain));
    known
}

fn window(store: &Store, begin: Option<Stamp>, end: Option<Stamp>) -> Vec<Vec<u8>> {
    store
        .records(begin, end)
        .unwrap()
        .map(|entry| match entry {
            Entry::Record(record) => record.bytes().to_vec(),
            Entry::Damage(damage) => panic!("{damage}"),
        })
        .collect()
}

/// A stretch of time with several writers, each with a clock of its own.
struct Stage {
    folder: tempfile::TempDir,
    writers: Vec<Writer>,
    clocks: [i64; 3],
    now: i64,
    written: usize,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let writers = (0..3)
            .map(|_| Writer::open(folder.path(), CAP).unwrap())
            .collect();
        Self {
            folder,
            writers,
            clocks: [0; 3],
            now: 100_000,
            written: 0,
        }
    }

    fn play(&mut self, event: &Event) {
        match *event {
            Event::Restart { writer, clock } => {
                self.writers[writer] = Writer::open(self.folder.path(), CAP).unwrap();
                self.clocks[writer] = clock;
            }
            Event::Write {
                writer,
                records,
                step,
                text,
                lines,
            } => {
                for _ in 0..records {
                    self.now += step;
                    let line = format!("{} {}", self.written, "x".repeat(text));
                    let outcome = self.writers[writer].write(&Record {
                        stamp: Stamp::from_milliseconds(self.now + self.clocks[writer]),
                        tag: Tag::Debug,
                        object: 7,
                        name: "Oracle",
                        text: vec![line; lines + 1].join("\n").as_str().into(),
                    });
                    assert_eq!(outcome, Outcome::Stored);
                    self.written += 1;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_window_is_what_a_linear_reading_gives(
        events in proptest::collection::vec(event(), 1..60),
        windows in proptest::collection::vec((0.0..1.0_f64, 0.0..1.0_f64, -1..2_i64, -1..2_i64), 12),
    ) {
        let mut stage = Stage::new();
        for event in &events {
            stage.play(event);
        }
        let store = Store::open(stage.folder.path());
        let known = linear(stage.folder.path());
        prop_assert!(!known.is_empty() || stage.written == 0);
        let all: Vec<_> = known.iter().map(|known| known.2.clone()).collect();
        prop_assert!(window(&store, None, None) == all, "the whole store");
        for (begin, end, before, after) in windows {
            // Edges at stamps that exist, and right beside them.
            let edge = |part: f64, beside: i64| {
                #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any place will do")]
                let at = (part * known.len() as f64) as usize;
                known.get(at).map(|known| Stamp::from_milliseconds(known.0.milliseconds() + beside))
            };
            let (begin, end) = (edge(begin, before), edge(end, after));
            let is_inside = |stamp: Stamp| begin.is_none_or(|begin| stamp >= begin) && end.is_none_or(|end| stamp < end);
            let expected: Vec<_> = known.iter().filter(|known| is_inside(known.0)).map(|known| known.2.clone()).collect();
            prop_assert!(window(&store, begin, end) == expected, "{begin:?} to {end:?}");
        }
    }
}

#[test]
fn rotation_and_deletion_happen_in_what_the_oracle_is_asked_about() {
    let mut stage = Stage::new();
    for turn in 0..60 {
        stage.play(&Event::Write {
            writer: turn % 3,
            records: 300,
            step: 1,
            text: 200,
            lines: 1,
        });
    }
    let known = linear(stage.folder.path());
    assert!(known.len() < stage.written, "nothing was deleted");
    assert!(
        fs::read_dir(stage.folder.path()).unwrap().count() > 100,
        "few segments"
    );
    let all: Vec<_> = known.into_iter().map(|known| known.2).collect();
    assert!(window(&Store::open(stage.folder.path()), None, None) == all);
}
