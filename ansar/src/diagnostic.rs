//! What a program prints about itself: one place for standard output and error.

use std::error::Error;
use std::io::{self, Write};

/// Prints a value or a text on standard output. A reader that has gone away is no error.
pub(crate) fn print(text: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{text}").and_then(|()| output.flush());
}

/// Prints what went wrong, `program: what`, on standard error.
pub(crate) fn complain(program: &str, what: &str) {
    let _ = writeln!(io::stderr(), "{program}: {what}");
}

/// Prints what can be done about it.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(io::stderr(), "hint: {text}");
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Outer(#[source] io::Error);

    #[test]
    fn an_error_is_told_with_its_causes() {
        assert_eq!(
            chain(&Outer(io::Error::other("no memory"))),
            "cannot start: no memory"
        );
    }
}
