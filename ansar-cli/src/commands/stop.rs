use ansar_group::STOP_LIMIT;
use ansar_home_layout::{GroupName, Home};
use clap::Args;

use super::selection::{group, names};
use crate::cli::GlobalOptions;
use crate::error::CommandError;

const EXAMPLE: &str = "\
Example:
  ansar stop
  ansar stop default";

/// Stop groups and all their roles
///
/// Every role is asked to end (SIGTERM) and has ten seconds for it; then it is killed.
/// Roles whose supervisor has died are stopped too. When nothing runs, nothing is done.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The groups [default: all].
    #[arg(value_name = "GROUP")]
    groups: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let groups = arguments.groups.iter().map(|text| group(text));
    let groups: Vec<GroupName> = groups.collect::<Result<_, _>>()?;
    stop(&global.open_home(None)?, &groups)
}

/// Stops groups, or all when none are named.
pub(super) fn stop(home: &Home, groups: &[GroupName]) -> Result<(), CommandError> {
    let stopped = ansar_group::stop(home, groups, STOP_LIMIT)?;
    if stopped.survivors.is_empty() {
        return Ok(());
    }
    Err(CommandError::failure(format_args!(
        "cannot stop {}: still running after SIGKILL",
        names(&stopped.survivors)
    )))
}
