//! What is done to a command line before clap reads it: `_` and `-` are equal in the names
//! of options, and `add` hands the options that it does not know to the executable.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use clap::Command;

/// Ends the options of a command line.
const END: &str = "--";

/// The sub-command that hands options on.
const ADD: &str = "add";

/// The command line with every `_` in the name of a long option made a `-`. Values, words
/// and what stands behind `--` are left alone.
pub(crate) fn normalised(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut is_behind_end = false;
    let normalise = |argument: OsString| {
        is_behind_end |= argument == END;
        if is_behind_end || !argument.as_bytes().starts_with(END.as_bytes()) {
            return argument;
        }
        let mut bytes = argument.into_vec();
        for byte in bytes.iter_mut().take_while(|byte| **byte != b'=') {
            if *byte == b'_' {
                *byte = b'-';
            }
        }
        OsString::from_vec(bytes)
    };
    arguments.into_iter().map(normalise).collect()
}

/// A command line in two.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Separated {
    /// What clap is to read.
    pub(crate) own: Vec<OsString>,
    /// The options of `add` that are settings for the executable, in their order.
    pub(crate) settings: Vec<OsString>,
}

/// Takes the settings for an executable out of a normalised command line: the long options
/// of `add` that neither it nor the whole program has.
pub(crate) fn separate(program: &Command, arguments: Vec<OsString>) -> Separated {
    let mut own = Vec::new();
    let mut settings = Vec::new();
    let mut arguments = arguments.into_iter();
    own.extend(arguments.next());
    let mut command = program;
    while let Some(argument) = arguments.next() {
        if argument == END {
            own.push(argument);
            break;
        }
        let Some((name, has_value)) = option(&argument) else {
            let is_word = !argument.as_bytes().starts_with(b"-");
            if is_word && std::ptr::eq(command, program) {
                let Some(add) = program.find_subcommand(ADD).filter(|_| argument == ADD) else {
                    own.push(argument);
                    break;
                };
                command = add;
            }
            own.push(argument);
            continue;
        };
        match known(program, command, name) {
            Some(takes_value) => {
                let value_follows = takes_value && !has_value;
                own.push(argument);
                own.extend(value_follows.then(|| arguments.next()).flatten());
            }
            // Before the sub-command there is nobody else whose option it could be.
            None if std::ptr::eq(command, program) => own.push(argument),
            None => settings.push(argument),
        }
    }
    own.extend(arguments);
    Separated { own, settings }
}

/// The name of a long option, and whether its value is part of it.
fn option(argument: &OsStr) -> Option<(&[u8], bool)> {
    let text = argument.as_bytes().strip_prefix(END.as_bytes())?;
    let end = text.iter().position(|&byte| byte == b'=');
    Some((&text[..end.unwrap_or(text.len())], end.is_some()))
}

/// Whether a known option takes a value; `None` for an unknown one.
fn known(program: &Command, command: &Command, name: &[u8]) -> Option<bool> {
    if name == b"help" || name == b"version" {
        return Some(false);
    }
    let is_named = |argument: &&clap::Arg| {
        argument
            .get_long()
            .is_some_and(|long| long.as_bytes() == name)
    };
    let global = program
        .get_arguments()
        .filter(|argument| argument.is_global_set());
    let argument = command.get_arguments().chain(global).find(is_named)?;
    Some(argument.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn an_underscore_is_a_dash_in_names_only() {
        for (given, expected) in [
            ("ansar --home_path=a_b list", "ansar --home-path=a_b list"),
            (
                "ansar list --long_listing a_b",
                "ansar list --long-listing a_b",
            ),
            ("ansar -a_b _c", "ansar -a_b _c"),
            ("ansar add x -- --a_b=c_d", "ansar add x -- --a_b=c_d"),
        ] {
            assert_eq!(normalised(words(given)), words(expected));
        }
    }

    #[test]
    fn what_add_does_not_know_are_settings_in_any_order() {
        for (given, own, settings) in [
            (
                "ansar add x --port=5052 --role-name=y",
                "ansar add x --role-name=y",
                "--port=5052",
            ),
            (
                "ansar add --host=h --role-name y x --port=1 --force",
                "ansar add --role-name y x --force",
                "--host=h --port=1",
            ),
            (
                "ansar --home-path add add --verbose x",
                "ansar --home-path add add x",
                "--verbose",
            ),
            (
                "ansar add x --port=1 -- --port=2 --role-name=z",
                "ansar add x -- --port=2 --role-name=z",
                "--port=1",
            ),
            (
                "ansar add --home-path --port x --port=1",
                "ansar add --home-path --port x",
                "--port=1",
            ),
        ] {
            let separated = separate(&Cli::command(), words(given));
            assert_eq!(separated.own, words(own), "{given}");
            assert_eq!(separated.settings, words(settings), "{given}");
        }
    }

    #[test]
    fn other_sub_commands_hand_nothing_on() {
        for given in [
            "ansar list --port=1",
            "ansar --bogus add x",
            "ansar start add --port=1",
            "ansar add --help",
            "ansar add x -z",
            "ansar",
        ] {
            let separated = separate(&Cli::command(), words(given));
            assert_eq!(separated.own, words(given));
            assert_eq!(separated.settings, Vec::<OsString>::new());
        }
    }
}
