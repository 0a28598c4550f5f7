use std::path::PathBuf;

use clap::Args;

use super::selection::joined;
use super::stop::stop;
use crate::cli::GlobalOptions;
use crate::error::{CommandError, quoted};

const EXAMPLE: &str = "\
Example:
  ansar destroy
  ansar destroy --force";

/// Remove a home and all that is in it
///
/// While anything of it runs the home is left as it is, unless --force is given: then
/// everything is stopped first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The home [default: .ansar-home in the working folder].
    home: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let home = global.open_home(arguments.home.as_deref())?;
    let _change = home.change()?;
    if global.force {
        stop(&home, &[])?;
    }
    let running = home.running()?;
    if !running.is_empty() {
        let message = format!(
            "cannot destroy home {}: {} running",
            quoted(home.path()),
            joined(&running)
        );
        return Err(CommandError::failure(message)
            .hinted("\"ansar stop\" stops what is running, --force stops it first"));
    }
    Ok(home.destroy()?)
}
