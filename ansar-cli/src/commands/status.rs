use ansar_group::{RoleStatus, Supervision};
use clap::Args;

use super::selection::{names, roles};
use super::usage::Usage;
use crate::cli::GlobalOptions;
use crate::error::CommandError;
use crate::output::Output;

const EXAMPLE: &str = "\
Example:
  ansar status
  ansar status crunch_server --long-listing";

/// Show the roles that are running
///
/// The long listing shows the process, the supervisor and the run time of each role. A role whose
/// supervisor has died runs on and is shown as (unsupervised).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The roles [default: all].
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// Show processes and run time too.
    #[arg(short, long)]
    long_listing: bool,
    /// Show processes, run time, memory and processor time, below a header.
    #[arg(short, long, conflicts_with = "long_listing")]
    wide: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    global: &GlobalOptions,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let home = global.open_home(None)?;
    let mut running = ansar_group::status(&home)?;
    if !arguments.roles.is_empty() {
        let wanted = roles(&home, &arguments.roles)?;
        running.retain(|status| wanted.contains(&status.role));
    }
    if arguments.wide && !running.is_empty() {
        let usage = Usage::now()
            .map_err(|error| CommandError::caused("cannot read the use of memory", &error))?;
        output.line(wide_header())?;
        for status in &running {
            output.line(wide(status, &usage))?;
        }
    } else {
        for status in &running {
            let line = if arguments.long_listing {
                long(status)
            } else {
                status.role.to_string()
            };
            output.line(line)?;
        }
    }
    hint_at_orphans(&running, output);
    Ok(())
}

fn long(status: &RoleStatus) -> String {
    format!(
        "{:<24} <{}> ({}) {}",
        status.role,
        status.process,
        supervisor(status),
        ansar_log::span(status.run_time)
    )
}

fn wide_header() -> String {
    wide_line([
        "role",
        "process",
        "supervisor",
        "run time",
        "memory",
        "processor",
    ])
}

fn wide(status: &RoleStatus, usage: &Usage) -> String {
    let share = usage.of(status.process);
    wide_line([
        status.role.as_str(),
        &status.process.to_string(),
        &supervisor(status),
        &ansar_log::span(status.run_time),
        &share.memory(),
        &ansar_log::span(share.processor_time),
    ])
}

fn wide_line([role, process, supervisor, run_time, memory, processor]: [&str; 6]) -> String {
    format!("{role:<24} {process:>8} {supervisor:>12} {run_time:>10} {memory:>10} {processor:>10}")
}

fn supervisor(status: &RoleStatus) -> String {
    match status.group {
        Supervision::Supervised(pid) => pid.to_string(),
        Supervision::Unsupervised => "unsupervised".to_owned(),
    }
}

fn hint_at_orphans(running: &[RoleStatus], output: &mut Output<'_>) {
    let orphans: Vec<_> = running
        .iter()
        .filter(|status| status.group == Supervision::Unsupervised)
        .map(|status| status.role.clone())
        .collect();
    if !orphans.is_empty() {
        output.word(format_args!(
            "hint: the supervisor of {} has died, \"ansar stop\" stops what it left",
            names(&orphans)
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::commands::fixture::{Fixture, role};

    fn status(name: &str, group: Supervision) -> RoleStatus {
        RoleStatus {
            role: role(name),
            process: 316_995,
            group,
            run_time: Duration::from_millis(262_899),
        }
    }

    #[test]
    fn the_long_listing_shows_both_processes_and_the_run_time() {
        assert_eq!(
            long(&status("crunch_server", Supervision::Supervised(315_985))),
            "crunch_server            <316995> (315985) 4m22.8s"
        );
        assert_eq!(
            long(&status("x", Supervision::Unsupervised)),
            "x                        <316995> (unsupervised) 4m22.8s"
        );
    }

    #[test]
    fn an_orphan_is_hinted_at_and_others_are_not() {
        let hint = |running: &[RoleStatus]| {
            let (mut data, mut words) = (Vec::new(), Vec::new());
            hint_at_orphans(running, &mut Output::to(&mut data, &mut words));
            assert!(data.is_empty());
            String::from_utf8(words).unwrap()
        };
        assert_eq!(hint(&[status("x", Supervision::Supervised(1))]), "");
        assert_eq!(
            hint(&[status("x", Supervision::Unsupervised)]),
            "hint: the supervisor of \"x\" has died, \"ansar stop\" stops what it left\n"
        );
    }

    #[test]
    fn the_wide_listing_is_a_table() {
        let line = wide(&status("x", Supervision::Supervised(1)), &Usage::default());
        assert_eq!(line.len(), wide_header().len());
        assert!(line.ends_with("4m22.8s       0 kB       0.0s"), "{line}");
    }

    #[test]
    fn nothing_that_runs_is_nothing_printed() {
        let fixture = Fixture::with_roles(&["x"]);
        let arguments = Arguments {
            roles: vec!["x".to_owned()],
            long_listing: false,
            wide: true,
        };
        let printed = fixture.printed(|global, output| run(&arguments, global, output));
        assert_eq!(printed, (String::new(), String::new()));
    }
}
