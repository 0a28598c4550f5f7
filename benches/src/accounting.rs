//! What a process uses, as the system accounts for it.

use std::fs;
use std::io;
use std::time::Duration;

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
    fn a_process_that_works_uses_processor_time() {
        let before = processor_time(std::process::id()).unwrap();
        let sum: f64 = (0..2_000_000).map(f64::from).map(f64::sqrt).sum();
        assert!(std::hint::black_box(sum) > 0.0);
        assert!(processor_time(std::process::id()).unwrap() > before);
    }
}
