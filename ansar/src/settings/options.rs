//! The command line of a program: its settings, and what every program can do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;

use super::section::{self, Section};
use super::{Configuration, Given, Member, Settings, environment};
use crate::encoding;
use crate::record::Level;

/// A command line that makes sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) action: Action,
    /// Show records on standard error, from this level up.
    pub(crate) debug_level: Option<Level>,
    /// Take the stored settings from here.
    pub(crate) settings_file: Option<PathBuf>,
    /// Members of the settings and their new values, in the order of the members.
    pub(crate) given: Vec<Given>,
}

/// What the program is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Create the object and run it.
    Run,
    /// Print this text: the help or the version.
    Print(String),
    /// Print the settings as they would be.
    DumpSettings,
    /// Make the settings permanent.
    StoreSettings,
    /// Make the factory settings permanent.
    FactoryReset,
}

/// A command line that does not make sense.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct UsageError {
    pub(crate) problem: String,
    pub(crate) hint: String,
}

impl Options {
    /// Reads a command line, without the name of the program at its front.
    pub(crate) fn parse<S: Settings>(
        program: &str,
        factory: &Configuration<S>,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, UsageError> {
        let arguments = arguments.map(with_dashes);
        match command(program, factory).try_get_matches_from(arguments) {
            Ok(matches) => options::<S>(matches),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
                ) =>
            {
                let text = error.render().to_string().trim_end().to_owned();
                let given = Vec::new();
                Ok(Self {
                    action: Action::Print(text),
                    debug_level: None,
                    settings_file: None,
                    given,
                })
            }
            Err(error) => Err(usage_error(&error)),
        }
    }
}

/// `-` and `_` are equal in names; clap knows the one with dashes.
fn with_dashes(argument: OsString) -> OsString {
    let Some(text) = argument.to_str().filter(|text| text.starts_with("--")) else {
        return argument;
    };
    match text.split_once('=') {
        Some((name, value)) => format!("{}={value}", name.replace('_', "-")).into(),
        None => text.replace('_', "-").into(),
    }
}

fn command<S: Settings>(program: &str, factory: &Configuration<S>) -> Command {
    // Secrets are not among what is shown.
    let values = |section| match section {
        Section::Program => encoding::value_of(&factory.settings).unwrap_or_default(),
        Section::Http => encoding::value_of(&factory.http).unwrap_or_default(),
    };
    let settings = Section::ALL.into_iter().flat_map(|section| {
        let values = values(section);
        let members = section.members::<S>().iter();
        members.map(move |member| argument(program, section, member, &values[member.name]))
    });
    Command::new(program.to_owned())
        .no_binary_name(true)
        .disable_help_subcommand(true)
        .version(S::VERSION)
        .about(S::ABOUT)
        .args(settings)
        .args(common())
}

/// The option of one member.
fn argument(program: &str, section: Section, member: &Member, factory: &Value) -> Arg {
    let shown = match factory {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let variable = environment::variable(program, section, member);
    let help = format!(
        "{} [factory: {shown}] [env: {variable}]",
        member.description
    );
    let argument = Arg::new(section.full_name(member))
        .long(section.option(member))
        .value_name(member.name.to_uppercase())
        .help(help.trim_start().to_owned())
        .help_heading(section.heading())
        .allow_hyphen_values(true);
    // Naming a switch turns it on.
    if factory.is_boolean() {
        argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
    } else {
        argument
    }
}

/// What every program can do.
fn common() -> [Arg; 5] {
    let levels = Level::ALL.map(Level::name).into_iter().rev();
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    [
        Arg::new("debug-level")
            .long("debug-level")
            .value_name("LEVEL")
            .value_parser(PossibleValuesParser::new(levels))
            .help("Show records on standard error, from this level up"),
        switch(
            "dump-settings",
            "Print the settings, with those given here or by the environment, and exit",
        ),
        switch(
            "store-settings",
            "Store the settings, with those given here but not by the environment, and exit",
        ),
        switch("factory-reset", "Store the factory settings, and exit")
            .conflicts_with_all(["store-settings", "dump-settings"]),
        Arg::new("settings-file")
            .long("settings-file")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Take the stored settings from this file"),
    ]
}

fn options<S: Settings>(mut matches: ArgMatches) -> Result<Options, UsageError> {
    let action = if matches.get_flag("factory-reset") {
        Action::FactoryReset
    } else if matches.get_flag("store-settings") {
        Action::StoreSettings
    } else if matches.get_flag("dump-settings") {
        Action::DumpSettings
    } else {
        Action::Run
    };
    let debug_level = matches.remove_one::<String>("debug-level");
    let given = section::members::<S>().filter_map(|(section, member)| {
        let text = matches.remove_one::<String>(&section.full_name(member))?;
        Some(Given {
            section,
            member: member.name,
            name: format!("--{}", section.option(member)),
            text: text.into(),
        })
    });
    let given = given.collect();
    let settings_file: Option<PathBuf> = matches.remove_one("settings-file");
    if settings_file.as_deref() == Some(Path::new("-")) {
        // The file is read again when it changes, which standard input cannot be.
        return Err(UsageError {
            problem: "cannot use --settings-file=-: settings are not read from standard input"
                .to_owned(),
            hint: "name a file".to_owned(),
        });
    }
    Ok(Options {
        action,
        given,
        debug_level: debug_level.map(|name| name.parse().expect("clap knows the levels")),
        settings_file,
    })
}

/// The first line of clap's error says what is wrong; its tips become the hint.
fn usage_error(error: &clap::Error) -> UsageError {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim);
    let problem = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    let values = lines
        .clone()
        .find(|line| line.starts_with("[possible values"));
    let similar = error
        .get(ContextKind::SuggestedArg)
        .and_then(|_| lines.find(|line| line.starts_with("tip: ")));
    let tip = similar
        .map(|tip| tip.trim_start_matches("tip: "))
        .or(values);
    UsageError {
        problem,
        hint: tip.unwrap_or("--help lists the options").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::*;
    use crate as ansar;
    use crate::http::HttpSettings;

    #[ansar::settings]
    struct Server {
        /// Name or address of the interface to listen at
        #[default("127.0.0.1")]
        host: String,
        #[default(5051)]
        port: u16,
        keep_alive: bool,
        #[default("hunter2")]
        api_key: Secret,
    }

    fn parse(arguments: &[&str]) -> Result<Options, UsageError> {
        Options::parse(
            "server",
            &Configuration::factory(Server::default(), HttpSettings::default()),
            arguments.iter().map(OsString::from),
        )
    }

    fn pairs(options: &Options) -> Vec<(&str, &str)> {
        options
            .given
            .iter()
            .map(|given| (given.name.as_str(), given.text.expose()))
            .collect()
    }

    #[test]
    fn the_description_of_the_command_line_is_sound() {
        command(
            "server",
            &Configuration::factory(Server::default(), HttpSettings::default()),
        )
        .debug_assert();
    }

    #[test]
    fn members_of_the_settings_are_options() {
        let options = parse(&["--port=5052", "--host", "::1", "--keep_alive"]).unwrap();
        assert_eq!(
            pairs(&options),
            [
                ("--host", "::1"),
                ("--port", "5052"),
                ("--keep-alive", "true")
            ]
        );
        assert_eq!(options.action, Action::Run);
        assert_eq!(
            pairs(&parse(&["--keep-alive=false"]).unwrap()),
            [("--keep-alive", "false")]
        );
    }

    #[test]
    fn dashes_and_underscores_are_equal_in_names_and_only_there() {
        let options = parse(&["--debug_level=DEBUG", "--host=a_b", "--store_settings"]).unwrap();
        assert_eq!(options.debug_level, Some(Level::Debug));
        assert_eq!(pairs(&options), [("--host", "a_b")]);
        assert_eq!(options.action, Action::StoreSettings);
    }

    #[test]
    fn what_is_not_an_option_is_named_with_a_hint() {
        let error = parse(&["--prot=1"]).unwrap_err();
        assert_eq!(error.problem, "unexpected argument '--prot' found");
        assert_eq!(error.hint, "a similar argument exists: '--port'");
        let error = parse(&["--debug-level=LOUD"]).unwrap_err();
        assert_eq!(
            error.problem,
            "invalid value 'LOUD' for '--debug-level <LEVEL>'"
        );
        assert_eq!(
            error.hint,
            "[possible values: FAULT, WARNING, CONSOLE, OBJECT, TRACE, DEBUG]"
        );
        assert!(parse(&["word"]).is_err());
        assert!(parse(&["--factory-reset", "--store-settings"]).is_err());
    }

    #[test]
    fn the_settings_of_http_are_options_of_every_program() {
        let options = parse(&["--http-body-limit=2MB", "--http_threads", "2"]).unwrap();
        assert_eq!(
            pairs(&options),
            [("--http-body-limit", "2MB"), ("--http-threads", "2")]
        );
        assert!(
            options
                .given
                .iter()
                .all(|given| given.section == Section::Http)
        );
    }

    #[test]
    fn a_wrong_option_does_not_show_what_may_be_a_secret() {
        for arguments in [
            &["--api-kye=hunter2"][..],
            &["--api-key=hunter2", "--api-key=hunter3"],
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
        }
        let options = parse(&["--api-key=hunter2"]).unwrap();
        assert!(!format!("{options:?}").contains("hunter2"), "{options:?}");
    }

    #[test]
    fn standard_input_is_no_settings_file() {
        let error = parse(&["--settings-file=-"]).unwrap_err();
        assert_eq!(
            error.problem,
            "cannot use --settings-file=-: settings are not read from standard input"
        );
    }

    fn help() -> String {
        let Action::Print(help) = parse(&["--help"]).unwrap().action else {
            panic!("no help")
        };
        // The help is wrapped to the terminal.
        help.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_help_shows_the_settings_with_their_factory_values_and_variables() {
        let help = help();
        for expected in [
            "Name or address of the interface to listen at [factory: 127.0.0.1] [env: SERVER_HOST]",
            "--port <PORT> [factory: 5051] [env: SERVER_PORT]",
            "--debug-level <LEVEL>",
            "HTTP: --http-connection-limit <CONNECTION_LIMIT> Connections at once; more wait until \
             one ends [factory: 10000] [env: SERVER_HTTP_CONNECTION_LIMIT]",
        ] {
            assert!(help.contains(expected), "no {expected:?} in {help}");
        }
    }

    #[test]
    fn the_help_shows_no_secrets() {
        let help = help();
        assert!(
            help.contains("[factory: (secret)] [env: SERVER_API_KEY]"),
            "{help}"
        );
        assert!(!help.contains("hunter2"), "{help}");
    }
}
