//! Requests per second and processor time per request, of the crunch server
//! beside bare hyper, in turn, several rounds. `serving FOLDER` takes the
//! executables from a folder; `wrk` makes the requests.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use ansar_benches::{Running, median};

/// Rounds of every measurement: enough for a median on a noisy machine.
const ROUNDS: usize = 5;
/// Seconds of one round.
const SECONDS: u32 = 3;

/// What one round of one server gave.
struct Round {
    requests_per_second: f64,
    microseconds_per_request: f64,
    p50_microseconds: f64,
    p99_microseconds: f64,
}

fn measure(server: &Running, connections: u32) -> Result<Round, Box<dyn Error>> {
    let before = server.processor_seconds()?;
    let output = Command::new("wrk")
        .args([
            "-t1",
            "--latency",
            &format!("-c{connections}"),
            &format!("-d{SECONDS}s"),
        ])
        .arg(format!("http://{}/Multiply?x=1.5&y=2.25", server.address))
        .output()?;
    let used = server.processor_seconds()? - before;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") {
        return Err(format!("{} did not answer: {text}", server.name).into());
    }
    let after = |label: &str| {
        text.split(label)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
    };
    let requests = text
        .lines()
        .find(|line| line.contains("requests in"))
        .and_then(|line| line.split_whitespace().next())
        .ok_or("wrk counts no requests")?
        .parse::<f64>()?;
    Ok(Round {
        requests_per_second: after("Requests/sec:").ok_or("wrk gives no rate")?.parse()?,
        microseconds_per_request: used * 1e6 / requests,
        p50_microseconds: microseconds(after(" 50%").unwrap_or_default())?,
        p99_microseconds: microseconds(after(" 99%").unwrap_or_default())?,
    })
}

/// `12.00us`, `1.20ms` or `0.01s`.
fn microseconds(text: &str) -> Result<f64, Box<dyn Error>> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let factor = match &text[digits.len()..] {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        unit => return Err(format!("unknown unit {unit:?} in {text:?}").into()),
    };
    Ok(digits.parse::<f64>()? * factor)
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: serving FOLDER")?;
    let folder = Path::new(&folder);
    let home = tempfile::tempdir()?;
    let crunch = Running::start("crunch_server", &folder.join("crunch_server"), home.path())?;
    let bare = Running::start("bare hyper", &folder.join("bare_hyper"), home.path())?;
    println!(
        "memory, idle: {:.1} MB, bare hyper {:.1} MB",
        crunch.megabytes()?,
        bare.megabytes()?
    );
    println!("connections  server          requests/s   processor µs  p50 µs   p99 µs");
    for connections in [1, 64, 512] {
        compare(&crunch, &bare, connections)?;
    }
    println!(
        "memory, then: {:.1} MB, bare hyper {:.1} MB",
        crunch.megabytes()?,
        bare.megabytes()?
    );
    Ok(())
}

/// Measures the two in turn, and prints the medians and their ratio.
#[expect(clippy::print_stdout, reason = "the table is the result")]
fn compare(server: &Running, peer: &Running, connections: u32) -> Result<(), Box<dyn Error>> {
    let (mut of_server, mut of_peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_server.push(measure(server, connections)?);
        of_peer.push(measure(peer, connections)?);
    }
    let figures = [medians(&of_server), medians(&of_peer)];
    for (running, [rate, processor, p50, p99]) in [server, peer].into_iter().zip(figures) {
        println!(
            "{connections:>11}  {:<14}  {rate:>10.0}  {processor:>13.2}  {p50:>6.0}  {p99:>7.0}",
            running.name
        );
    }
    let [rate, processor, p50, p99] =
        std::array::from_fn(|figure| figures[0][figure] / figures[1][figure]);
    println!(
        "{:>11}  {:<14}  {rate:>10.2}  {processor:>13.2}  {p50:>6.2}  {p99:>7.2}",
        "", "ratio"
    );
    Ok(())
}

fn medians(rounds: &[Round]) -> [f64; 4] {
    let middle = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
    [
        middle(|round| round.requests_per_second),
        middle(|round| round.microseconds_per_request),
        middle(|round| round.p50_microseconds),
        middle(|round| round.p99_microseconds),
    ]
}
