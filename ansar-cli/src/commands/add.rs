mod plan;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ansar_home_layout::{Home, Role, RoleName, STORAGE_DEFAULT, mark};
use clap::Args;
use clap::builder::RangedU64ValueParser;

use self::plan::{NewRole, plan};
use crate::cli::GlobalOptions;
use crate::error::{CommandError, quoted};
use crate::executable::find;
use crate::settings_program::{TIME_LIMIT, store_settings};
use crate::size::storage;

const EXAMPLE: &str = "\
Every other option is a setting of the executable, which checks and stores it. An executable
that is not built on the framework has no settings; give it arguments behind \"--\".
{executable} and {number} are replaced in role names, settings and arguments.

Example:
  ansar add crunch_server
  ansar add crunch_server --role-name=crunch_server --port=5052
  ansar add crunch_server --count=3 --start=1 --port=505{number}
  ansar add python3 --role-name=files -- -m http.server 8000";

/// Most roles that are added at once. Each is a run of its executable, and a server.
const COUNT_MAX: u64 = 1000;

/// Add roles of an executable to a home
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The executable, in the home or on PATH.
    executable: String,
    /// Name of the role, as --role-name.
    #[arg(value_name = "ROLE", conflicts_with = "role_name")]
    role: Option<String>,
    /// The home [default: .ansar-home in the working folder].
    home: Option<PathBuf>,
    /// Name of the role [default: {executable}-{number}].
    #[arg(long, value_name = "TEMPLATE")]
    role_name: Option<String>,
    /// Number of the first role.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    start: u64,
    /// From the number of one role to that of the next.
    #[arg(long, value_name = "NUMBER", default_value_t = 1,
          value_parser = RangedU64ValueParser::<u64>::new().range(1..))]
    step: u64,
    /// How many roles.
    #[arg(long, value_name = "NUMBER", default_value_t = 1,
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=COUNT_MAX))]
    count: u64,
    /// Most bytes that the logs of a role take [default: 1GB].
    #[arg(long, value_name = "SIZE", value_parser = storage)]
    storage: Option<u64>,
    /// Settings of the role, as the executable stores them.
    #[arg(long, value_name = "FILE")]
    settings_file: Option<PathBuf>,
    /// What the executable is started with.
    #[arg(last = true, value_name = "ARGUMENTS")]
    given: Vec<String>,
    /// Options that are not ours.
    #[arg(skip)]
    pub(super) settings: Vec<OsString>,
}

pub(crate) fn run(arguments: &Arguments, global: &GlobalOptions) -> Result<(), CommandError> {
    let home = global.open_home(arguments.home.as_deref())?;
    let roles = plan(arguments)?;
    let program = program(&home, arguments)?;
    let _change = home.change()?;
    check_free(&home, &roles)?;
    let added = roles
        .iter()
        .try_for_each(|role| prepare(&home, role, &program))
        .and_then(|()| describe(&home, &roles, arguments));
    if added.is_err() {
        for role in &roles {
            // The failure is what the user needs to hear of, not that of tidying up after it.
            let _ = home.remove_role(&role.name);
        }
    }
    added
}

/// What will run as the role.
#[derive(Debug)]
enum Program {
    /// It stores its own settings.
    Framework(PathBuf),
    /// It is not run before the role is started.
    Foreign,
}

fn program(home: &Home, arguments: &Arguments) -> Result<Program, CommandError> {
    let executable = &arguments.executable;
    let cannot = |reason: &str| {
        CommandError::failure(format_args!(
            "cannot add executable {executable:?}: {reason}"
        ))
    };
    if executable.is_empty() || executable.contains('/') || executable.starts_with('.') {
        return Err(cannot("expected a name in the home or on PATH")
            .hinted("\"ansar deploy\" copies executables into the home"));
    }
    let path = find(home, executable, std::env::var_os("PATH").as_deref()).ok_or_else(|| {
        cannot("it is neither in the home nor on PATH")
            .hinted("\"ansar deploy\" copies executables into the home")
    })?;
    let is_framework = mark::is_framework(&path).map_err(|error| {
        CommandError::caused(format_args!("cannot look into {}", quoted(&path)), &error)
    })?;
    if is_framework {
        return Ok(Program::Framework(path));
    }
    let has_settings = !arguments.settings.is_empty() || arguments.settings_file.is_some();
    if has_settings {
        return Err(
            cannot("it has no settings, as it is not built on the framework")
                .hinted("put what it is to be started with behind \"--\""),
        );
    }
    Ok(Program::Foreign)
}

/// All names are looked at before anything is made.
fn check_free(home: &Home, roles: &[NewRole]) -> Result<(), CommandError> {
    let existing: BTreeSet<RoleName> = home.roles()?.into_iter().collect();
    match roles.iter().find(|role| existing.contains(&role.name)) {
        None => Ok(()),
        Some(role) => Err(ansar_home_layout::Error::RoleExists {
            role: role.name.clone(),
        }
        .into()),
    }
}

/// Makes the folders of a role and has its settings stored; it does not exist by that.
fn prepare(home: &Home, role: &NewRole, program: &Program) -> Result<(), CommandError> {
    let name = &role.name;
    // What was left by an `add` that was killed would become a part of this role.
    home.remove_role(name)?;
    home.prepare_role(name)?;
    let Program::Framework(path) = program else {
        return Ok(());
    };
    store_settings(home, name, path, &role.settings, TIME_LIMIT)
        .map_err(|error| CommandError::caused(format_args!("cannot add role \"{name}\""), &error))
}

/// Writes the documents by which the roles exist.
fn describe(home: &Home, roles: &[NewRole], arguments: &Arguments) -> Result<(), CommandError> {
    let created = created();
    for role in roles {
        let description = Role {
            executable: arguments.executable.clone(),
            arguments: role.arguments.clone(),
            storage: arguments.storage.unwrap_or(STORAGE_DEFAULT),
            created: created.clone(),
        };
        home.add_role(&role.name, &description)?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command is the edge at which the clock is read"
)]
fn created() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// A path that means the same in another working folder.
fn absolute(path: &Path) -> Result<PathBuf, CommandError> {
    std::path::absolute(path).map_err(|error| {
        CommandError::caused(format_args!("cannot use file {}", quoted(path)), &error)
    })
}

#[cfg(test)]
mod tests;
