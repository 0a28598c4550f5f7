use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use ansar_group::Report;
use ansar_home_layout::{GroupName, Home, RoleName};
use clap::Args;

use super::selection::{group, names, roles};
use crate::cli::GlobalOptions;
use crate::error::{CommandError, quoted};
use crate::executable::find;
use crate::inheritance;

const EXAMPLE: &str = "\
Example:
  ansar start
  ansar start crunch_server --group-name=crunch";

/// Most bytes of a report: the last lines that a role printed, and a clause.
const REPORT_SIZE_MAX: u64 = 1024 * 1024;

/// Start roles as daemons, in a group
///
/// Returns when every role is ready, or says which is not, and why.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The roles [default: all].
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// The group that they are started in.
    #[arg(long, value_name = "NAME", default_value = "default")]
    group_name: String,
}

pub(crate) fn run(arguments: &Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let group = group(&arguments.group_name)?;
    let home = global.open_home(None)?;
    let roles = roles(&home, &arguments.roles)?;
    {
        // Nobody deploys or adds meanwhile; what happens after is the supervisor's to see.
        let _change = home.change()?;
        check(&home, &group, &roles)?;
    }
    let report = supervised(&home, &group, &roles)?;
    outcome(report, &group)
}

/// Refuses what cannot succeed before anything is started.
fn check(home: &Home, group: &GroupName, roles: &[RoleName]) -> Result<(), CommandError> {
    let running = home.running()?;
    if running.contains(&RoleName::of_group(group)) {
        return Err(already_running(group));
    }
    if roles.is_empty() {
        return Err(CommandError::failure(format_args!(
            "cannot start group \"{group}\": there are no roles in home {}",
            quoted(home.path())
        ))
        .hinted("\"ansar add\" adds one"));
    }
    let started: Vec<RoleName> = roles
        .iter()
        .filter(|role| running.contains(role))
        .cloned()
        .collect();
    if !started.is_empty() {
        return Err(CommandError::failure(format_args!(
            "cannot start {}: already running",
            names(&started)
        ))
        .hinted("\"ansar status\" shows what is running"));
    }
    let path = std::env::var_os("PATH");
    for role in roles {
        let executable = home.role(role)?.map(|role| role.executable);
        let executable = executable.unwrap_or_default();
        if find(home, &executable, path.as_deref()).is_none() {
            return Err(CommandError::failure(format_args!(
                "cannot start role \"{role}\": \
                 executable {executable:?} is neither in the home nor on PATH"
            ))
            .hinted("\"ansar deploy\" copies executables into the home"));
        }
    }
    Ok(())
}

fn already_running(group: &GroupName) -> CommandError {
    CommandError::failure(format_args!(
        "cannot start group \"{group}\": it is already running"
    ))
    .hinted("\"ansar status\" shows what is running, --group-name starts another group")
}

/// Runs the supervisor, which detaches itself, and waits for what it reports; `None` when it
/// ended without a word.
fn supervised(
    home: &Home,
    group: &GroupName,
    roles: &[RoleName],
) -> Result<Option<Report>, CommandError> {
    let cannot = |error| {
        CommandError::caused(
            format_args!("cannot run the supervisor of group \"{group}\""),
            &error,
        )
    };
    inheritance::end().map_err(cannot)?;
    let program = std::env::current_exe().map_err(cannot)?;
    // When it was replaced since it was started, what runs is still there by this name.
    let program = if program.exists() {
        program.as_path()
    } else {
        Path::new("/proc/self/exe")
    };
    let mut supervisor = Command::new(program)
        .args(["group", "--home-path"])
        .arg(home.path())
        .args(["--group-name", group.as_str(), "--"])
        .args(roles.iter().map(RoleName::as_str))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let mut report = Vec::new();
    if let Some(stdout) = supervisor.stdout.take() {
        // Its only line; the end of it comes with the end of the last who has it open.
        BufReader::new(stdout.take(REPORT_SIZE_MAX))
            .read_until(b'\n', &mut report)
            .map_err(cannot)?;
    }
    supervisor.wait().map_err(cannot)?;
    Ok(serde_json::from_slice(&report).ok())
}

fn outcome(report: Option<Report>, group: &GroupName) -> Result<(), CommandError> {
    let cannot = |reason: &str| {
        CommandError::failure(format_args!("cannot start group \"{group}\": {reason}"))
    };
    match report {
        Some(Report::Ready) => Ok(()),
        Some(Report::Failed {
            role,
            reason,
            lines,
        }) => Err(
            CommandError::failure(format_args!("cannot start role \"{role}\": {reason}"))
                .detailed(lines)
                .hinted(format!("\"ansar log {role}\" shows what it logged")),
        ),
        Some(Report::AlreadyRunning) => Err(already_running(group)),
        Some(Report::Stopped) => Err(cannot("it was stopped before every role was ready")),
        Some(Report::Broken { reason }) => Err(cannot(&reason)),
        // A later supervisor may have more to say.
        Some(report) => Err(cannot(&format!("{report:?}"))),
        None => Err(cannot("its supervisor ended without a word")),
    }
}

#[cfg(test)]
mod tests {
    use ansar_home_layout::Lock;

    use super::*;
    use crate::commands::fixture::{Fixture, role};

    fn group() -> GroupName {
        GroupName::default()
    }

    #[test]
    fn what_cannot_succeed_is_refused_before_anything_is_started() {
        let fixture = Fixture::with_roles(&["x", "y"]);
        let home = &fixture.home;
        let lines = |roles: &[RoleName]| check(home, &group(), roles).unwrap_err().lines();
        assert_eq!(
            lines(&[role("x")]),
            [
                "ansar: cannot start role \"x\": executable \"crunch_server\" \
                 is neither in the home nor on PATH",
                "hint: \"ansar deploy\" copies executables into the home"
            ]
        );
        assert_eq!(lines(&[])[1], "hint: \"ansar add\" adds one");
        fixture.file("home/bin/crunch_server", "", 0o755);
        check(home, &group(), &[role("x")]).unwrap();
        let _lock = Lock::hold(&home.lock_file(&role("y"))).unwrap();
        assert_eq!(
            lines(&[role("x"), role("y")])[0],
            "ansar: cannot start \"y\": already running"
        );
        let _lock = Lock::hold(&home.lock_file(&role("group.default"))).unwrap();
        assert_eq!(
            lines(&[role("x")])[0],
            "ansar: cannot start group \"default\": it is already running"
        );
    }

    #[test]
    fn a_report_becomes_what_the_user_reads() {
        let lines = |report| outcome(report, &group()).unwrap_err().lines();
        assert!(outcome(Some(Report::Ready), &group()).is_ok());
        let failed = Report::Failed {
            role: role("x"),
            reason: "it ended with exit status 1".to_owned(),
            lines: vec!["crunch_server: cannot listen".to_owned()],
        };
        assert_eq!(
            lines(Some(failed)),
            [
                "ansar: cannot start role \"x\": it ended with exit status 1",
                "    crunch_server: cannot listen",
                "hint: \"ansar log x\" shows what it logged"
            ]
        );
        assert_eq!(
            lines(Some(Report::AlreadyRunning))[0],
            "ansar: cannot start group \"default\": it is already running"
        );
        assert_eq!(
            lines(None),
            ["ansar: cannot start group \"default\": its supervisor ended without a word"]
        );
    }
}
