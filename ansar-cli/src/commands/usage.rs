//! Memory and processor time of running roles.

use std::collections::HashMap;
use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// Bytes of a kilobyte, as sizes are shown.
const KILOBYTE: u64 = 1000;

/// What every process of the machine takes.
#[derive(Debug, Default)]
pub(super) struct Usage {
    shares: HashMap<i32, Share>,
    children: HashMap<i32, Vec<i32>>,
}

/// What a role takes, or a process of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    /// Bytes that are resident.
    memory: u64,
    /// Of all processors together.
    pub(super) processor_time: Duration,
}

impl Usage {
    /// Reads it from the system.
    pub(super) fn now() -> Result<Self, sysinfo::Error> {
        let mut system = System::new()?;
        let kind = ProcessRefreshKind::nothing().with_memory().with_cpu();
        system.refresh_processes_specifics(ProcessesToUpdate::All, false, kind);
        let mut usage = Self::default();
        for (pid, process) in system.processes() {
            let share = Share {
                memory: process.memory(),
                processor_time: Duration::from_millis(process.accumulated_cpu_time()),
            };
            // A thread of a process is none.
            if process.thread_kind().is_none() {
                usage.add(number(*pid), process.parent().map(number), share);
            }
        }
        Ok(usage)
    }

    fn add(&mut self, pid: i32, parent: Option<i32>, share: Share) {
        self.shares.insert(pid, share);
        if let Some(parent) = parent {
            self.children.entry(parent).or_default().push(pid);
        }
    }

    /// What a process and its descendants take.
    pub(super) fn of(&self, pid: i32) -> Share {
        let mut sum = Share::default();
        let mut processes = vec![pid];
        while let Some(pid) = processes.pop() {
            let share = self.shares.get(&pid).copied().unwrap_or_default();
            sum.memory += share.memory;
            sum.processor_time += share.processor_time;
            processes.extend(self.children.get(&pid).into_iter().flatten());
        }
        sum
    }
}

impl Share {
    /// The memory, as people read it.
    pub(super) fn memory(self) -> String {
        let kilobytes = self.memory / KILOBYTE;
        if kilobytes < KILOBYTE {
            return format!("{kilobytes} kB");
        }
        format!("{}.{} MB", kilobytes / 1000, kilobytes % 1000 / 100)
    }
}

fn number(pid: sysinfo::Pid) -> i32 {
    i32::try_from(pid.as_u32()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(memory: u64, seconds: u64) -> Share {
        Share {
            memory,
            processor_time: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn a_role_takes_what_its_processes_take() {
        let mut usage = Usage::default();
        usage.add(2, Some(1), share(10, 1));
        usage.add(3, Some(2), share(20, 2));
        usage.add(4, Some(3), share(40, 4));
        usage.add(5, Some(1), share(80, 8));
        assert_eq!(usage.of(2), share(70, 7));
        assert_eq!(usage.of(9), share(0, 0));
    }

    #[test]
    fn this_process_takes_some_memory() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!(Usage::now().unwrap().of(pid).memory > 100 * KILOBYTE);
    }

    #[test]
    fn memory_is_shown_in_units() {
        assert_eq!(share(7_940_000, 0).memory(), "7.9 MB");
        assert_eq!(share(999_999, 0).memory(), "999 kB");
        assert_eq!(share(1_000_000, 0).memory(), "1.0 MB");
    }
}
