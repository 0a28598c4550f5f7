//! Which roles an `add` is to make.

use std::collections::BTreeSet;

use ansar_home_layout::RoleName;

use super::{Arguments, absolute};
use crate::error::{CommandError, quoted};
use crate::template::{apply, apply_to_value};

/// What a role is called when nothing else is said.
const ROLE_NAME: &str = "{executable}-{number}";

/// A role to be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewRole {
    pub(super) name: RoleName,
    /// Options by which the executable is told the settings.
    pub(super) settings: Vec<String>,
    /// What it is started with.
    pub(super) arguments: Vec<String>,
}

/// The roles, in the order of their numbers, with names that are good and different.
pub(super) fn plan(arguments: &Arguments) -> Result<Vec<NewRole>, CommandError> {
    let template = [&arguments.role, &arguments.role_name];
    let template = template.into_iter().flatten().next();
    let template = template.map_or(ROLE_NAME, String::as_str);
    let settings = settings(arguments)?;
    let executable = &arguments.executable;
    let mut names = BTreeSet::new();
    let mut roles = Vec::new();
    for index in 0..arguments.count {
        let number = index
            .checked_mul(arguments.step)
            .and_then(|distance| arguments.start.checked_add(distance))
            .ok_or_else(|| CommandError::usage("cannot add roles: their numbers are too large"))?;
        let name = name(&apply(template, executable, number))?;
        if !names.insert(name.clone()) {
            return Err(CommandError::usage(format_args!(
                "cannot add role \"{name}\" more than once"
            ))
            .hinted("put {number} into --role-name"));
        }
        let in_value = |option: &String| apply_to_value(option, executable, number);
        let in_text = |text: &String| apply(text, executable, number);
        roles.push(NewRole {
            name,
            settings: settings.iter().map(in_value).collect(),
            arguments: arguments.given.iter().map(in_text).collect(),
        });
    }
    Ok(roles)
}

fn name(text: &str) -> Result<RoleName, CommandError> {
    RoleName::parse_new(text)
        .map_err(|error| CommandError::usage(format_args!("cannot add role {text:?}: {error}")))
}

fn settings(arguments: &Arguments) -> Result<Vec<String>, CommandError> {
    let mut settings = Vec::new();
    if let Some(path) = &arguments.settings_file {
        let path = absolute(path)?;
        settings.push(text(format!("--settings-file={}", path.display()).into())?);
    }
    for option in &arguments.settings {
        settings.push(text(option.clone())?);
    }
    Ok(settings)
}

fn text(option: std::ffi::OsString) -> Result<String, CommandError> {
    option.into_string().map_err(|option| {
        CommandError::usage(format_args!(
            "cannot use setting {}: it is no text",
            quoted(&option)
        ))
    })
}
