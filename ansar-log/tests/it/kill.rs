//! A record that was acknowledged survives SIGKILL of the program.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ansar_log::{Clock, Entry, Outcome, Record, Store, Tag, Writer};

const ROUNDS: usize = 40;
const FOLDER: &str = "ANSAR_LOG_TEST_FOLDER";
const ROUND: &str = "ANSAR_LOG_TEST_ROUND";

/// Not a test by itself: the program that is killed.
#[test]
fn child() {
    let (Ok(folder), Ok(round)) = (env::var(FOLDER), env::var(ROUND)) else {
        return;
    };
    let clock = Clock::new();
    let mut writer = Writer::open(Path::new(&folder), 1 << 30).unwrap();
    let mut output = std::io::stdout();
    for number in 0_u64.. {
        let outcome = writer.write(&Record {
            stamp: clock.now(),
            tag: Tag::Trace,
            object: 1,
            name: "Child",
            text: format_args!(
                "{round} {number} {}\nend",
                "x".repeat((number * 31 % 9000) as usize)
            )
            .into(),
        });
        assert_eq!(outcome, Outcome::Stored);
        // Not through the buffer of standard output: the number is to be out before the next record.
        output
            .write_all(format!("\nacknowledged {number}\n").as_bytes())
            .unwrap();
        output.flush().unwrap();
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Runs the child until it has acknowledged `least`, kills it; returns how many it acknowledged.
fn run_and_kill(folder: &Path, round: usize, least: u64) -> u64 {
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Killed(child);
    let mut acknowledged = 0;
    let mut is_killed = false;
    for line in BufReader::new(child.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(number) = line.strip_prefix("acknowledged ") else {
            continue;
        };
        // The last line may be cut by the end of the process.
        acknowledged = number
            .parse::<u64>()
            .map_or(acknowledged, |number| acknowledged.max(number + 1));
        if acknowledged >= least && !is_killed {
            child.0.kill().unwrap();
            is_killed = true;
        }
    }
    assert!(is_killed, "the child ended by itself");
    acknowledged
}

#[test]
fn every_acknowledged_record_is_there_exactly_once_after_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let acknowledged: Vec<_> = (0..ROUNDS)
        .map(|round| run_and_kill(folder.path(), round, (round * 37 % 500) as u64 + 1))
        .collect();
    let mut stored: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for entry in Store::open(folder.path()).records(None, None).unwrap() {
        let Entry::Record(record) = entry else {
            continue;
        };
        let line = str::from_utf8(record.bytes()).unwrap();
        assert!(line.ends_with("\n\tend\n"), "torn: {line:?}");
        let text = line.split_once(" - ").unwrap().1;
        let mut words = text.split(' ');
        let mut number = || words.next().unwrap().parse::<u64>().unwrap();
        let round = usize::try_from(number()).unwrap();
        stored.entry(round).or_default().push(number());
    }
    for (round, acknowledged) in acknowledged.into_iter().enumerate() {
        let stored = stored.remove(&round).unwrap();
        assert!(
            stored.len() as u64 >= acknowledged,
            "round {round}: {} of {acknowledged}",
            stored.len()
        );
        // In order, each once; the last one may have been stored and not acknowledged.
        assert!(
            stored.iter().copied().eq(0..stored.len() as u64),
            "round {round}"
        );
    }
}
