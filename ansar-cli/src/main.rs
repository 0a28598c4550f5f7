//! The `ansar` executable: everything that a user does with a home.

mod arguments;
mod cli;
mod commands;
mod daemon;
mod error;
mod executable;
mod inheritance;
mod output;
mod settings_program;
mod size;
mod template;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut output = output::Output::standard();
    let result = cli::run(std::env::args_os().collect(), &mut output);
    let result = result.and_then(|()| output.flush());
    error::report(result, &mut output)
}
