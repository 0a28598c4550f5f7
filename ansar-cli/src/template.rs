//! Names and values that are made for each of several roles.

/// Stands for the name of the executable.
const EXECUTABLE: &str = "{executable}";

/// Stands for the number of the role.
const NUMBER: &str = "{number}";

/// The text with the executable and the number in it. Other braces are the user's own.
pub(crate) fn apply(text: &str, executable: &str, number: u64) -> String {
    // In this order, what the executable is called stays what it is called.
    text.replace(NUMBER, &number.to_string())
        .replace(EXECUTABLE, executable)
}

/// An option with the template applied in its value.
pub(crate) fn apply_to_value(option: &str, executable: &str, number: u64) -> String {
    match option.split_once('=') {
        None => option.to_owned(),
        Some((name, value)) => format!("{name}={}", apply(value, executable, number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_and_the_executable_are_put_in() {
        assert_eq!(apply("{executable}-{number}", "server", 7), "server-7");
        assert_eq!(apply("{number}{number}{x}", "s", 1), "11{x}");
        assert_eq!(apply("{executable}", "{number}", 1), "{number}");
    }

    #[test]
    fn only_the_value_of_an_option_changes() {
        assert_eq!(apply_to_value("--port=505{number}", "s", 2), "--port=5052");
        assert_eq!(
            apply_to_value("--a={\"b\": \"{number}=\"}", "s", 2),
            "--a={\"b\": \"2=\"}"
        );
        assert_eq!(apply_to_value("--{number}", "s", 2), "--{number}");
    }
}
