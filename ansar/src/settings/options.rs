//! The command line of a program: its settings, and what every program can do.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Settings;
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
    pub(crate) given: Vec<(String, String)>,
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
        factory: &S,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, UsageError> {
        let arguments = arguments.map(with_dashes);
        match command(program, factory).try_get_matches_from(arguments) {
            Ok(matches) => Ok(options::<S>(matches)),
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

fn command<S: Settings>(program: &str, factory: &S) -> Command {
    let values = serde_json::to_value(factory).unwrap_or_default();
    let settings = S::MEMBERS.iter().map(|member| {
        let factory = &values[member.name];
        let shown = factory
            .as_str()
            .map_or_else(|| factory.to_string(), str::to_owned);
        let separator = if member.description.is_empty() {
            ""
        } else {
            " "
        };
        let argument = Arg::new(member.name)
            .long(member.name.replace('_', "-"))
            .value_name(member.name.to_uppercase())
            .help(format!(
                "{}{separator}[factory: {shown}]",
                member.description
            ))
            .help_heading("Settings")
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
    });
    Command::new(program.to_owned())
        .no_binary_name(true)
        .disable_help_subcommand(true)
        .version(S::VERSION)
        .about(S::ABOUT)
        .args(settings)
        .args(common())
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
            "Print the settings, with those given here, and exit",
        ),
        switch(
            "store-settings",
            "Store the settings, with those given here, and exit",
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

fn options<S: Settings>(mut matches: ArgMatches) -> Options {
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
    let given = S::MEMBERS.iter().filter_map(|member| {
        let text = matches.remove_one::<String>(member.name)?;
        Some((member.name.to_owned(), text))
    });
    Options {
        action,
        given: given.collect(),
        debug_level: debug_level.map(|name| name.parse().expect("clap knows the levels")),
        settings_file: matches.remove_one("settings-file"),
    }
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
    use super::*;
    use crate as ansar;

    #[ansar::settings]
    struct Server {
        /// Name or address of the interface to listen at
        #[default("127.0.0.1")]
        host: String,
        #[default(5051)]
        port: u16,
        keep_alive: bool,
    }

    fn parse(arguments: &[&str]) -> Result<Options, UsageError> {
        Options::parse(
            "server",
            &Server::default(),
            arguments.iter().map(OsString::from),
        )
    }

    fn pairs(options: &Options) -> Vec<(&str, &str)> {
        options
            .given
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect()
    }

    #[test]
    fn the_description_of_the_command_line_is_sound() {
        command("server", &Server::default()).debug_assert();
    }

    #[test]
    fn members_of_the_settings_are_options() {
        let options = parse(&["--port=5052", "--host", "::1", "--keep_alive"]).unwrap();
        assert_eq!(
            pairs(&options),
            [("host", "::1"), ("port", "5052"), ("keep_alive", "true")]
        );
        assert_eq!(options.action, Action::Run);
        assert_eq!(
            pairs(&parse(&["--keep-alive=false"]).unwrap()),
            [("keep_alive", "false")]
        );
    }

    #[test]
    fn dashes_and_underscores_are_equal_in_names_and_only_there() {
        let options = parse(&["--debug_level=DEBUG", "--host=a_b", "--store_settings"]).unwrap();
        assert_eq!(options.debug_level, Some(Level::Debug));
        assert_eq!(pairs(&options), [("host", "a_b")]);
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
    fn the_help_shows_the_settings_with_their_factory_values() {
        let Action::Print(help) = parse(&["--help"]).unwrap().action else {
            panic!("no help")
        };
        // The help is wrapped to the terminal.
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            help.contains("Name or address of the interface to listen at [factory: 127.0.0.1]"),
            "{help}"
        );
        assert!(help.contains("--debug-level <LEVEL>"), "{help}");
    }
}
