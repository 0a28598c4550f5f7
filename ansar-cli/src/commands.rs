//! The sub-commands, one file each.

mod add;
mod create;
mod deploy;
mod destroy;
#[cfg(test)]
mod fixture;
mod group;
mod list;
mod log;
mod selection;
mod start;
mod status;
mod stop;
mod usage;

use std::ffi::OsString;

use clap::Subcommand;

use crate::cli::GlobalOptions;
use crate::error::CommandError;
use crate::output::Output;

/// What `ansar` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Create(create::Arguments),
    Deploy(deploy::Arguments),
    Add(add::Arguments),
    List(list::Arguments),
    Start(start::Arguments),
    Status(status::Arguments),
    Log(log::Arguments),
    Stop(stop::Arguments),
    Destroy(destroy::Arguments),
    #[command(hide = true)]
    Group(group::Arguments),
}

impl Command {
    /// Takes the options that are settings for an executable.
    pub(crate) fn hand_on(&mut self, settings: Vec<OsString>) {
        if let Self::Add(arguments) = self {
            arguments.settings = settings;
        }
    }

    /// Does it.
    pub(crate) fn run(
        self,
        global: &GlobalOptions,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        match self {
            Self::Create(arguments) => create::run(&arguments, global),
            Self::Deploy(arguments) => deploy::run(&arguments, global, output),
            Self::Add(arguments) => add::run(&arguments, global),
            Self::List(arguments) => list::run(&arguments, global, output),
            Self::Start(arguments) => start::run(&arguments, global),
            Self::Status(arguments) => status::run(&arguments, global, output),
            Self::Log(arguments) => log::run(arguments, global, output),
            Self::Stop(arguments) => stop::run(&arguments, global),
            Self::Destroy(arguments) => destroy::run(&arguments, global),
            Self::Group(arguments) => group::run(arguments, global),
        }
    }
}
