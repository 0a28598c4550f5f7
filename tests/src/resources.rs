//! What a process has taken of the machine.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The memory that a process has allocated, in bytes: the anonymous part of its PSS. Pages of
/// the executable are left out, since how many of them are counted depends on who else runs it.
pub fn allocated_bytes(process: i32) -> u64 {
    kilobytes(&format!("/proc/{process}/smaps_rollup"), "Pss_Anon:") * 1024
}

/// The most memory that a process ever had in use, in bytes.
pub fn peak_bytes(process: i32) -> u64 {
    kilobytes(&format!("/proc/{process}/status"), "VmHWM:") * 1024
}

fn kilobytes(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(path).expect("the process runs");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {path}: {text}"))
}

/// Raises the number of files that this process may have open as far as it is allowed to, and
/// says how many that are. Processes that are started from now on may have as many.
pub fn raise_open_files() -> u64 {
    let most = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::Nofile, raised).expect("anybody may go as far as the maximum");
    most.unwrap_or(u64::MAX)
}
