//! Settings in environment variables: `CRUNCH_SERVER_PORT=6000 crunch_server`.

use std::ffi::OsString;

use super::section::{self, Section};
use super::{Given, Member, Secret, Settings};

/// The variables that may be meant for a program: those that begin with its name.
#[derive(Debug)]
pub(crate) struct Environment {
    prefix: String,
    variables: Vec<Variable>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    /// None when it is no text. It may be a secret: it is never shown from here.
    value: Option<Secret>,
}

/// A variable of a member that is no text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot use {name}: its value is not UTF-8")]
pub(crate) struct NotText {
    name: String,
}

impl Environment {
    /// Picks those of a program out of all variables.
    pub(crate) fn of(program: &str, variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let prefix = prefix(program);
        let ours = variables.filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(&prefix).then(|| Variable {
                name,
                value: value.into_string().ok().map(Secret::from),
            })
        });
        let mut variables: Vec<_> = ours.collect();
        // Warnings about them do not depend on how the environment came about.
        variables.sort_by(|one, other| one.name.cmp(&other.name));
        Self { prefix, variables }
    }

    /// The values for members, in the order of the members.
    pub(crate) fn given<S: Settings>(&self) -> Result<Vec<Given>, NotText> {
        section::members::<S>()
            .filter_map(|(section, member)| {
                let name = self.variable(section, member);
                let variable = self.variables.iter().find(|known| known.name == name)?;
                Some(match variable.value.clone() {
                    None => Err(NotText { name }),
                    Some(text) => Ok(Given {
                        section,
                        member: member.name,
                        name,
                        text,
                    }),
                })
            })
            .collect()
    }

    /// The names of the variables that name no member. They may be meant for something else,
    /// or be misspelt.
    pub(crate) fn strays<S: Settings>(&self) -> impl Iterator<Item = &str> {
        let known: Vec<String> = section::members::<S>()
            .map(|(section, member)| self.variable(section, member))
            .collect();
        self.variables
            .iter()
            .map(|variable| variable.name.as_str())
            .filter(move |name| known.iter().all(|known| known != name))
    }

    fn variable(&self, section: Section, member: &Member) -> String {
        with_prefix(&self.prefix, section, member)
    }
}

/// The variable of a member.
pub(crate) fn variable(program: &str, section: Section, member: &Member) -> String {
    with_prefix(&prefix(program), section, member)
}

fn with_prefix(prefix: &str, section: Section, member: &Member) -> String {
    format!("{prefix}{}", capitals(&section.full_name(member)))
}

fn prefix(program: &str) -> String {
    format!("{}_", capitals(program))
}

/// What shells take for the name of a variable.
fn capitals(name: &str) -> String {
    name.chars()
        .map(|letter| match letter.to_ascii_uppercase() {
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '_',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;
    use crate as ansar;

    #[ansar::settings]
    struct Server {
        host: String,
        r#type: String,
        api_key: Secret,
    }

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        Environment::of("web-server.2", variables)
    }

    #[test]
    fn a_variable_is_the_program_and_the_member_in_capitals() {
        let environment = environment(&[
            ("WEB_SERVER_2_HTTP_BODY_LIMIT", "2MB"),
            ("WEB_SERVER_2_API_KEY", "hunter2"),
            ("WEB_SERVER_2_TYPE", "x"),
            ("HOST", "elsewhere"),
            ("web_server_2_host", "elsewhere"),
            ("WEB_SERVER_20_HOST", "elsewhere"),
        ]);
        let given = environment.given::<Server>().unwrap();
        let given: Vec<_> = given
            .iter()
            .map(|given| (given.section, given.member, given.text.expose()))
            .collect();
        assert_eq!(
            given,
            [
                (Section::Program, "type", "x"),
                (Section::Program, "api_key", "hunter2"),
                (Section::Http, "body_limit", "2MB"),
            ]
        );
        assert_eq!(environment.strays::<Server>().count(), 0);
    }

    #[test]
    fn what_names_no_member_is_told_and_its_value_is_not() {
        let environment = environment(&[
            ("WEB_SERVER_2_PROT", "1"),
            ("WEB_SERVER_2_HOST", "::1"),
            ("WEB_SERVER_2_API_KYE", "hunter2"),
        ]);
        let strays: Vec<_> = environment.strays::<Server>().collect();
        assert_eq!(strays, ["WEB_SERVER_2_API_KYE", "WEB_SERVER_2_PROT"]);
        assert!(!format!("{environment:?}").contains("hunter2"));
    }

    #[test]
    fn a_value_that_is_no_text_is_named() {
        let not_text = || OsString::from_vec(vec![0xff]);
        let of = |name: &str| Environment::of("x", [(name.into(), not_text())].into_iter());
        assert_eq!(
            of("X_HOST").given::<Server>().unwrap_err().to_string(),
            "cannot use X_HOST: its value is not UTF-8"
        );
        assert_eq!(of("X_ELSE").given::<Server>(), Ok(Vec::new()));
        assert_eq!(of("PATH").given::<Server>(), Ok(Vec::new()));
    }
}
