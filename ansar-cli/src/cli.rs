//! The command line: global options, and which sub-command it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ansar_home_layout::Home;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::arguments::{Separated, normalised, separate};
use crate::commands::Command;
use crate::error::{CommandError, quoted};
use crate::output::Output;

/// Where the home is when nothing else is said, in the working folder.
const HOME_PATH: &str = ".ansar-home";

const EXAMPLE: &str = "\
Example:
  ansar create
  ansar deploy dist
  ansar add crunch_server --role-name=crunch_server
  ansar start
  ansar status --long-listing
  ansar log crunch_server
  ansar stop";

/// Runs servers as daemons in a home folder, and finds what they logged.
#[derive(Debug, Parser)]
#[command(name = "ansar", version, after_help = EXAMPLE, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: GlobalOptions,
    #[command(subcommand)]
    command: Command,
}

/// Options that stand before or after the sub-command.
#[derive(Debug, Default, Args)]
pub(crate) struct GlobalOptions {
    /// The home [default: .ansar-home in the working folder].
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) home_path: Option<PathBuf>,
    /// Stop first what stands in the way.
    #[arg(long, global = true)]
    pub(crate) force: bool,
}

impl GlobalOptions {
    /// Where the home is, by the option or by a word of the sub-command.
    pub(crate) fn home_path<'a>(
        &'a self,
        word: Option<&'a Path>,
    ) -> Result<&'a Path, CommandError> {
        match (self.home_path.as_deref(), word) {
            (Some(option), Some(word)) => Err(CommandError::usage(format_args!(
                "cannot use home {}: --home-path={} names another",
                quoted(word),
                option.display()
            ))),
            (path, word) => Ok(path.or(word).unwrap_or(Path::new(HOME_PATH))),
        }
    }

    /// The home, which must exist.
    pub(crate) fn open_home(&self, word: Option<&Path>) -> Result<Home, CommandError> {
        Ok(Home::open(self.home_path(word)?)?)
    }
}

/// Reads the command line and does what it says.
pub(crate) fn run(arguments: Vec<OsString>, output: &mut Output<'_>) -> Result<(), CommandError> {
    match parse(arguments) {
        Ok(cli) => cli.command.run(&cli.global, output),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                output.bytes(error.to_string().as_bytes())
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                Err(CommandError::usage("a sub-command is required")
                    .hinted("\"ansar --help\" shows them"))
            }
            _ => Err(error.into()),
        },
    }
}

fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut program = Cli::command();
    let Separated { own, settings } = separate(&program, normalised(arguments));
    let matches = program.try_get_matches_from_mut(own)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.command.hand_on(settings);
    Ok(cli)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_words(words: &[&str]) -> (Result<(), CommandError>, String) {
        let (mut data, mut words_printed) = (Vec::new(), Vec::new());
        let arguments = words.iter().map(OsString::from).collect();
        let result = run(arguments, &mut Output::to(&mut data, &mut words_printed));
        (result, String::from_utf8(data).unwrap())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_sub_command_has_help_that_ends_with_an_example() {
        for command in Cli::command().get_subcommands() {
            let (result, help) = run_words(&["ansar", command.get_name(), "--help"]);
            assert!(result.is_ok());
            let example = help.rsplit("\n\n").next().unwrap();
            let first = format!("Example:\n  ansar {}", command.get_name());
            assert!(example.starts_with(&first), "{help}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_one_line_and_a_hint() {
        for (words, lines) in [
            (
                &["ansar"][..],
                &[
                    "ansar: a sub-command is required",
                    "hint: \"ansar --help\" shows them",
                ][..],
            ),
            (
                &["ansar", "lst"],
                &[
                    "ansar: unrecognized subcommand 'lst'",
                    "hint: some similar subcommands exist: 'stop', 'list'",
                ],
            ),
            (
                &["ansar", "list", "--long"],
                &[
                    "ansar: unexpected argument '--long' found",
                    "hint: a similar argument exists: '--long-listing'",
                ],
            ),
            (
                &["ansar", "log", "x", "--count=y"],
                &["ansar: invalid value 'y' for '--count <NUMBER>': invalid digit found in string"],
            ),
            (
                &["ansar", "add"],
                &["ansar: the following required arguments were not provided: <EXECUTABLE>"],
            ),
            (
                &["ansar", "create", "x", "--home-path=y"],
                &["ansar: cannot use home \"x\": --home-path=y names another"],
            ),
        ] {
            let error = run_words(words).0.unwrap_err();
            assert_eq!(error.lines(), lines, "{words:?}");
            assert_eq!(error.kind, crate::error::ErrorKind::Usage, "{words:?}");
        }
    }
}
