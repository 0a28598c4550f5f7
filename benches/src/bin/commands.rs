//! Wall time of every command of `ansar`, beside a program that does nothing.
//! `commands FOLDER` takes the executables from a folder.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ansar_benches::{accounting, median};
use ansar_log::{Record, Stamp, Tag, Writer};

/// How often a command that changes nothing is run: enough for a median.
const ROUNDS: usize = 41;
/// The size of a store that is full: the default of a role.
const STORE_BYTES: u64 = 1_000_000_000;
/// Records written to fill it, and then some: about 100 bytes each.
const RECORDS: i64 = 11_000_000;

/// A home in a temporary folder, and the executables to try there.
struct Place {
    folder: tempfile::TempDir,
    ansar: PathBuf,
    empty: PathBuf,
}

impl Place {
    fn command(&self, executable: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(executable);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Runs a command once, and says how long it took.
    #[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
    fn once(&self, executable: &Path, arguments: &[&str]) -> Result<Duration, Box<dyn Error>> {
        let mut command = self.command(executable, arguments);
        let begin = Instant::now();
        let status = command.status()?;
        let took = begin.elapsed();
        if !status.success() {
            return Err(format!("{} {arguments:?}: {status}", executable.display()).into());
        }
        Ok(took)
    }

    fn often(&self, executable: &Path, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(self.once(executable, arguments)?.as_secs_f64() * 1e3);
        }
        Ok(median(times))
    }

    /// Runs `ansar` and prints a line of the table: the first time is all that there is
    /// of a command that changes the home.
    #[expect(clippy::print_stdout, reason = "the table is the result")]
    fn show(&self, repeat: bool, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let milliseconds = if repeat {
            self.often(&self.ansar, arguments)?
        } else {
            self.once(&self.ansar, arguments)?.as_secs_f64() * 1e3
        };
        let empty = self.often(&self.empty, &[])?;
        println!(
            "{milliseconds:>8.2} ms {:>6.1} x  ansar {}",
            milliseconds / empty,
            arguments.join(" ")
        );
        Ok(())
    }
}

/// Fills the store of a role with records up to now.
#[expect(
    clippy::disallowed_methods,
    reason = "the records have to be of the last hours"
)]
fn fill(folder: &Path) -> Result<(), Box<dyn Error>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = i64::try_from(now.as_millis())?;
    let mut writer = Writer::open(folder, STORE_BYTES)?;
    for number in 0..RECORDS {
        writer.write(&Record {
            stamp: Stamp::from_milliseconds(now - RECORDS + number),
            tag: Tag::Trace,
            object: 7,
            name: "Server",
            text: format_args!("record {number} of a store that is filled to its cap").into(),
        });
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn main() -> Result<(), Box<dyn Error>> {
    let executables = PathBuf::from(std::env::args().nth(1).ok_or("usage: commands FOLDER")?);
    let place = Place {
        folder: tempfile::tempdir()?,
        ansar: executables.join("ansar"),
        empty: executables.join("empty"),
    };
    let build = place.folder.path().join("dist");
    std::fs::create_dir(&build)?;
    std::fs::copy(
        executables.join("crunch_server"),
        build.join("crunch_server"),
    )?;
    println!("wall time, and how many times that of a program that does nothing:");
    place.show(false, &["create"])?;
    place.show(false, &["deploy", "dist"])?;
    place.show(
        false,
        &[
            "add",
            "crunch_server",
            "--role-name=crunch_server",
            "--port=0",
        ],
    )?;
    place.show(true, &["list"])?;
    place.show(true, &["status"])?;
    place.show(false, &["start"])?;
    place.show(true, &["status", "--long-listing"])?;
    place.show(true, &["log", "crunch_server"])?;
    println!(
        "memory of the supervisor: {:.1} MB",
        supervisor_megabytes(&place)?
    );
    place.show(false, &["stop"])?;
    fill(&place.folder.path().join(".ansar-home/logs/crunch_server"))?;
    println!("with a full store of 1 GB:");
    place.show(true, &["log", "crunch_server", "--back=1h", "--count=100"])?;
    place.show(true, &["log", "crunch_server", "--back=1m", "--count=100"])?;
    place.show(false, &["destroy"])?;
    Ok(())
}

/// Reads the pid of the supervisor where an operator would.
fn supervisor_megabytes(place: &Place) -> Result<f64, Box<dyn Error>> {
    let output = place
        .command(&place.ansar, &["status", "--long-listing"])
        .stdout(Stdio::piped())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let pid = text
        .split('(')
        .nth(1)
        .and_then(|rest| rest.split(')').next())
        .ok_or("nothing runs")?;
    Ok(accounting::megabytes(pid.parse()?)?)
}
