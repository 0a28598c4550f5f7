//! What a process uses, as the system accounts for it.

use std::fs;
use std::io;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

/// Processor time of all threads of a process so far, user and system. It is counted
/// in nanoseconds; the ticks of `/proc/PID/stat` are too coarse for a short round.
pub fn processor_time(process: u32) -> io::Result<Duration> {
    let mut sum = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        match fs::read_to_string(thread?.path().join("schedstat")) {
            Ok(text) => sum += parse_schedstat(&text)?,
            // A thread that has ended since the folder was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sum)
}

/// Processor time of everything on the machine so far. It is counted in ticks, which is
/// exact enough for what is to be noticed: that something else is busy.
pub fn machine_time() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/stat")?;
    let ticks = parse_stat(&text)?;
    Ok(Duration::from_secs(ticks) / ticks_per_second())
}

/// Processor time of all children of this process that have ended.
pub fn children_time() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// Memory of a process of its own and its part of what is shared, in megabytes of
/// 1024 × 1024 bytes.
pub fn megabytes(process: u32) -> io::Result<f64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    Ok(parse_rollup(&rollup)? / 1024.0)
}

/// The first of three numbers: nanoseconds on a processor.
fn parse_schedstat(text: &str) -> io::Result<Duration> {
    text.split_whitespace()
        .next()
        .and_then(|nanoseconds| nanoseconds.parse().ok())
        .map(Duration::from_nanos)
        .ok_or_else(|| unknown("schedstat", text))
}

/// The first line: `cpu` and the ticks of user, nice, system, idle, waiting, interrupts
/// (two), and what a host has taken; all but idle and waiting count.
fn parse_stat(text: &str) -> io::Result<u64> {
    let ticks = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("cpu "))
        .and_then(|rest| {
            let numbers = rest.split_whitespace().take(8).map(str::parse);
            numbers.collect::<Result<Vec<u64>, _>>().ok()
        });
    match ticks.as_deref() {
        Some(&[user, nice, system, _, _, hard, soft, taken]) => {
            Ok(user + nice + system + hard + soft + taken)
        }
        _ => Err(unknown("stat", text)),
    }
}

fn ticks_per_second() -> u32 {
    u32::try_from(rustix::param::clock_ticks_per_second())
        .expect("the system has a hundred or a thousand ticks a second")
}

fn duration(time: TimeVal) -> Duration {
    let microseconds = time.num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// The line `Pss:   1234 kB`.
fn parse_rollup(text: &str) -> io::Result<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| unknown("smaps_rollup", text))
}

fn unknown(file: &str, text: &str) -> io::Error {
    let problem = format!("unknown form of {file}: {text:?}");
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_the_first_number_of_a_schedstat() {
        let time = parse_schedstat("1647091 20 3\n").unwrap();
        assert_eq!(time, Duration::from_nanos(1_647_091));
        assert!(parse_schedstat("").is_err());
    }

    #[test]
    fn memory_is_the_proportional_set_and_not_its_dirty_part() {
        let text = "55d0-7ffd ---p 0 00:00 0 [rollup]\n\
            Rss:    3000 kB\nPss:    2048 kB\nPss_Dirty:    7 kB\n";
        assert!((parse_rollup(text).unwrap() - 2048.0).abs() < f64::EPSILON);
        assert!(parse_rollup("Rss: 1 kB").is_err());
    }

    #[test]
    fn a_machine_is_busy_with_all_but_idling_and_waiting() {
        let text = "cpu  1 20 300 9999 8888 4000 50000 600000 7 7\ncpu0 1 1 1 1 1 1 1 1\n";
        assert_eq!(parse_stat(text).unwrap(), 654_321);
        assert!(parse_stat("cpu  1 20 300\n").is_err());
    }

    #[test]
    fn a_process_that_works_uses_processor_time() {
        let before = processor_time(std::process::id()).unwrap();
        let sum: f64 = (0..2_000_000).map(f64::from).map(f64::sqrt).sum();
        assert!(std::hint::black_box(sum) > 0.0);
        assert!(processor_time(std::process::id()).unwrap() > before);
    }
}
