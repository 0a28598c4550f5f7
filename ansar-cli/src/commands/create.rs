use std::path::PathBuf;
use std::time::SystemTime;

use ansar_home_layout::Home;
use clap::Args;

use crate::cli::GlobalOptions;
use crate::error::CommandError;

const EXAMPLE: &str = "\
Example:
  ansar create
  ansar create /srv/crunch";

/// Make a home, the folder in which everything is kept
///
/// The home is readable by its owner only. What an interrupted `create` left is completed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The home [default: .ansar-home in the working folder].
    home: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let path = global.home_path(arguments.home.as_deref())?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a command is the edge at which the clock is read"
    )]
    Home::create(path, SystemTime::now())?;
    Ok(())
}
