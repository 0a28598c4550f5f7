use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};

use ansar_group::{Plan, Report, supervise};
use ansar_home_layout::{GroupName, RoleName};
use clap::Args;

use super::selection::{group, role};
use crate::cli::GlobalOptions;
use crate::daemon::detach;
use crate::error::{CommandError, in_full};

const EXAMPLE: &str = "\
Example:
  ansar group --group-name=default -- crunch_server";

/// Supervise a group; run by `ansar start`, which reads the report on standard output
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The roles.
    #[arg(value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// The group.
    #[arg(long, value_name = "NAME")]
    group_name: String,
}

pub(crate) fn run(arguments: Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let home = global.open_home(None)?;
    let group: GroupName = group(&arguments.group_name)?;
    let roles: Vec<RoleName> = arguments
        .roles
        .iter()
        .map(|text| role(text))
        .collect::<Result<_, _>>()?;
    // The stream itself is gone when the process has detached.
    let report = io::stdout().as_fd().try_clone_to_owned()?;
    if let Err(error) = detach() {
        let reason = format!("cannot leave the terminal: {}", in_full(&error));
        return Ok(say(report, &Report::Broken { reason })?);
    }
    // The report has it, and there is nobody else to be told.
    let _told = supervise(Plan::new(home, group, roles), report);
    Ok(())
}

fn say(report: OwnedFd, what: &Report) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    File::from(report).write_all(&line)
}
