//! This executable as a supervisor.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ansar_group::{Plan, supervise};
use ansar_home_layout::{GroupName, Home};

/// Seconds after which a supervisor ends whatever went wrong with its test.
const LIFE_MAX: u32 = 60;

/// The report goes to standard output. Arguments: the home, and the two limits in milliseconds.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    nix::unistd::alarm::set(LIFE_MAX);
    let limit = |text: &str| Duration::from_millis(text.parse().unwrap());
    let home = Home::open(Path::new(&arguments[0])).unwrap();
    let roles = home.roles().unwrap();
    let mut plan = Plan::new(home, GroupName::default(), roles);
    plan.ready_limit = limit(&arguments[1]);
    plan.stop_limit = limit(&arguments[2]);
    let report = io::stdout().as_fd().try_clone_to_owned().unwrap();
    // The test waits for the end of the report, which this would keep open.
    nix::unistd::close(1).unwrap();
    supervise(plan, report).unwrap();
    ExitCode::SUCCESS
}
