//! The command line of a peer: `--name=number`, each optional.

use std::env;
use std::io;

/// The number that was given as `--name=number`, if it was given.
pub fn number(name: &str) -> io::Result<Option<u16>> {
    env::args()
        .skip(1)
        .find_map(|argument| Some(value(&argument, name)?.to_owned()))
        .map(|text| parse(name, &text))
        .transpose()
}

fn value<'a>(argument: &'a str, name: &str) -> Option<&'a str> {
    argument
        .strip_prefix("--")?
        .strip_prefix(name)?
        .strip_prefix('=')
}

fn parse(name: &str, text: &str) -> io::Result<u16> {
    text.parse().map_err(|_| {
        let problem = format!("--{name}={text}: give a number from 0 to {}", u16::MAX);
        io::Error::new(io::ErrorKind::InvalidInput, problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_what_stands_behind_the_whole_name() {
        assert_eq!(value("--port=80", "port"), Some("80"));
        assert_eq!(value("--port=80", "por"), None);
        assert_eq!(value("--portal=80", "port"), None);
    }

    #[test]
    fn what_is_no_number_is_an_error_that_names_the_option() {
        let error = parse("port", "http").unwrap_err();
        assert_eq!(
            error.to_string(),
            "--port=http: give a number from 0 to 65535"
        );
    }
}
