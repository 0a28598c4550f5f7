//! A message from the pairs of a query string or a form: `x=1.5&y=2.25`.

use std::borrow::Cow;

use serde::de::value::{Error, MapDeserializer};

use super::in_our_words;
use super::text::Text;
use crate::message::Message;

/// Makes a message of encoded pairs. Members that are not there take their default.
pub(crate) fn decode_pairs<M: Message>(encoded: &[u8]) -> Result<M, String> {
    // The path of a member costs something to keep, and is wanted only when it is wrong.
    M::deserialize(deserializer(encoded)).or_else(|_| {
        serde_path_to_error::deserialize(deserializer(encoded))
            .map_err(|error| in_our_words(error.path(), &error.inner().to_string()))
    })
}

fn deserializer(
    encoded: &[u8],
) -> MapDeserializer<'_, impl Iterator<Item = (Cow<'_, str>, Text<'_>)>, Error> {
    MapDeserializer::new(form_urlencoded::parse(encoded).map(|(name, value)| (name, Text(value))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate as ansar;

    #[ansar::message]
    struct Everything {
        number: f64,
        count: i32,
        flag: bool,
        text: String,
        letter: char,
        maybe: Option<u8>,
        list: Vec<u8>,
    }

    fn error(encoded: &str) -> String {
        decode_pairs::<Everything>(encoded.as_bytes()).unwrap_err()
    }

    #[test]
    fn every_scalar_is_read_from_its_text() {
        let encoded = b"number=1&count=-5&flag=true&text=a+b%26c&letter=%C3%A9&maybe=7";
        let message: Everything = decode_pairs(encoded).unwrap();
        let expected = Everything {
            number: 1.0,
            count: -5,
            flag: true,
            text: "a b&c".into(),
            letter: 'é',
            maybe: Some(7),
            list: vec![],
        };
        assert_eq!(message, expected);
    }

    #[test]
    fn nothing_gives_the_defaults() {
        assert_eq!(
            decode_pairs::<Everything>(b"").unwrap(),
            Everything::default()
        );
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        for text in ["inf", "-Infinity", "nan", "1e999"] {
            let expected = format!("near \"number\": expected a number, got \"{text}\"");
            assert_eq!(error(&format!("number={text}")), expected);
        }
    }

    #[test]
    fn an_error_names_the_member_and_what_is_expected() {
        assert_eq!(
            error("number=abc"),
            r#"near "number": expected a number, got "abc""#
        );
        assert_eq!(
            error("count=1.5"),
            r#"near "count": expected a whole number of 32 bits, got "1.5""#
        );
        assert_eq!(
            error("list=1"),
            r#"near "list": expected a list, which plain text cannot hold: send JSON"#
        );
        assert!(error("nope=1").starts_with("unknown member `nope`, expected one of `number`"));
        assert_eq!(error("count=1&count=2"), "member given twice: `count`");
    }
}
