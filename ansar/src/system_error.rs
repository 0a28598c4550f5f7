//! Errors of the operating system in its own words.

use std::io;

/// Says it as the operating system does: `[Errno 111] Connection refused`.
pub(crate) fn explain(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let text = text.split(" (os error").next().unwrap_or(&text);
            format!("[Errno {number}] {text}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_is_explained_by_its_number_and_words() {
        assert_eq!(
            explain(&io::Error::from_raw_os_error(111)),
            "[Errno 111] Connection refused"
        );
        assert_eq!(explain(&io::Error::other("no such name")), "no such name");
    }
}
