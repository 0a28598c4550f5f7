//! What is expected of a value and what was given instead, in people's words.

use serde::de::{Expected, Unexpected};

pub(super) const BOOLEAN: &str = "true or false";
/// Infinity and "not a number" are none: JSON has no form for them either.
pub(super) const NUMBER: &str = "a number";
pub(super) const CHARACTER: &str = "one character";
pub(super) const NULL: &str = "null";
pub(super) const LIST: &str = "a list";
pub(super) const MAP: &str = "an object, or a list of pairs [[key, value], …]";
pub(super) const MEMBERS: &str = "an object of members";
pub(super) const I8: &str = "a whole number from -128 to 127";
pub(super) const I16: &str = "a whole number from -32768 to 32767";
pub(super) const I32: &str = "a whole number of 32 bits";
pub(super) const I64: &str = "a whole number of 64 bits";
pub(super) const I128: &str = "a whole number of 128 bits";
pub(super) const U8: &str = "a whole number from 0 to 255";
pub(super) const U16: &str = "a whole number from 0 to 65535";
pub(super) const U32: &str = "a whole number of 32 bits, not negative";
pub(super) const U64: &str = "a whole number of 64 bits, not negative";
pub(super) const U128: &str = "a whole number of 128 bits, not negative";
pub(super) const PAIR: &str = "a pair [key, value]";

/// The most of a client's own text that an error repeats, in characters:
/// enough to find it again, not enough to fill the record.
const REPEATED_CHARACTERS: usize = 64;

/// What a type expects of its value.
pub(super) fn expected(expected: &dyn Expected) -> String {
    known(expected).map_or_else(|| expected.to_string(), str::to_owned)
}

/// What types from elsewhere say about themselves is meant for programmers: our words
/// for the ones that messages are made of.
pub(super) fn known(expected: &dyn Expected) -> Option<&'static str> {
    match expected.to_string().as_str() {
        "a string" => Some("text"),
        "a formatted UUID string" => Some("a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8"),
        _ => None,
    }
}

/// A list with a certain number of elements.
pub(super) fn list_of(length: usize) -> String {
    format!("a list of {length}")
}

/// What was given instead.
pub(super) fn got(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(number) => format!("{number:?}"),
        Unexpected::Char(character) => quoted(character.encode_utf8(&mut [0; 4])),
        Unexpected::Str(text) => quoted(text),
        Unexpected::Unit => NULL.to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// The client's own text, as far as it is worth repeating.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// The beginning of a text, and a sign that there is more.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The names that there are.
pub(super) fn one_of(names: &[&str]) -> String {
    match names {
        [only] => format!("`{only}`"),
        [one, other] => format!("`{one}` or `{other}`"),
        _ => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("one of {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_wrote_is_repeated_up_to_a_limit() {
        assert_eq!(quoted("a\"b"), r#""a\"b""#);
        assert_eq!(quoted(&"é".repeat(64)), format!("\"{}\"", "é".repeat(64)));
        assert_eq!(quoted(&"é".repeat(65)), format!("\"{}…\"", "é".repeat(64)));
    }

    #[test]
    fn names_are_listed_as_people_list_them() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b"]), "`a` or `b`");
        assert_eq!(one_of(&["a", "b", "c"]), "one of `a`, `b`, `c`");
    }
}
