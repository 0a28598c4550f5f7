//! A message from the pairs of a query string or a form: `x=1.5&y=2.25`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{Elements, Members};
use super::refusal::Refusal;
use super::text::Text;
use super::words::list_of;
use crate::message::Message;

/// Makes a message of encoded pairs. Members that are not there take their default;
/// a member that is a list is given once for each of its elements.
pub(crate) fn decode_pairs<M: Message>(encoded: &[u8]) -> Result<M, String> {
    // The path of a member costs something to keep, and is wanted only when it is wrong.
    M::deserialize(in_order(encoded))
        .or_else(|_| M::deserialize(Grouped(grouped(encoded))))
        .map_err(|refusal| refusal.to_string())
}

fn in_order(
    encoded: &[u8],
) -> MapDeserializer<'_, impl Iterator<Item = (Cow<'_, str>, Text<'_>)>, Refusal> {
    MapDeserializer::new(pairs(encoded).map(|(name, value)| (name, Text::value(value))))
}

/// The pairs, decoded.
fn pairs(encoded: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    encoded
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .filter_map(|pair| as_it_stands(pair).or_else(|| form_urlencoded::parse(pair).next()))
}

/// A pair in which nothing is coded, as most are not: decoding one costs as much as all the rest
/// of reading a small request.
fn as_it_stands(pair: &[u8]) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    if pair.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return None;
    }
    let text = str::from_utf8(pair).ok()?;
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    Some((name.into(), value.into()))
}

type Values<'a> = Vec<Cow<'a, str>>;

/// All values of each name.
fn grouped(encoded: &[u8]) -> BTreeMap<Cow<'_, str>, Values<'_>> {
    let mut groups = BTreeMap::<_, Values<'_>>::new();
    for (name, value) in pairs(encoded) {
        groups.entry(name).or_default().push(value);
    }
    groups
}

/// Members, each with all of its values.
struct Grouped<'a>(BTreeMap<Cow<'a, str>, Values<'a>>);

impl<'de> Deserializer<'de> for Grouped<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let members = self.0.into_iter();
        visitor.visit_map(Members::new(
            members.map(|(name, values)| (name, Repeated(values))),
        ))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// All values that were given to one name, never none: a list of them, or the only one.
struct Repeated<'a>(Values<'a>);

impl<'a> Repeated<'a> {
    fn only(mut self) -> Result<Text<'a>, Refusal> {
        let last = self.0.pop().expect("a name has a value");
        if self.0.is_empty() {
            Ok(Text::value(last))
        } else {
            Err(Refusal::given_twice())
        }
    }
}

macro_rules! the_only_one {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            self.only()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Repeated<'_> {
    type Error = Refusal;

    the_only_one! {
        deserialize_any deserialize_bool deserialize_char
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_map
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_seq(Elements::new(self.0.into_iter().map(Text::value)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if self.0.len() == length {
            self.deserialize_seq(visitor)
        } else {
            Err(Refusal::expected(list_of(length), list_of(self.0.len())))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.only()?.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.only()?.deserialize_struct(name, members, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

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
        tags: BTreeSet<String>,
        fixed: [i8; 2],
        maybe_list: Option<Vec<String>>,
        grid: Vec<Vec<u8>>,
        by_name: BTreeMap<String, u8>,
    }

    fn read(encoded: &str) -> Everything {
        decode_pairs(encoded.as_bytes()).unwrap()
    }

    fn error(encoded: &str) -> String {
        decode_pairs::<Everything>(encoded.as_bytes()).unwrap_err()
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_the_standard(encoded in "[a&=+%2ü]{0,24}", bytes: Vec<u8>) {
            for encoded in [encoded.as_bytes(), &bytes] {
                let standard: Vec<_> = form_urlencoded::parse(encoded).collect();
                prop_assert_eq!(pairs(encoded).collect::<Vec<_>>(), standard);
            }
        }
    }

    #[test]
    fn every_scalar_is_read_from_its_text() {
        let expected = Everything {
            number: 1.0,
            count: -5,
            flag: true,
            text: "a b&c".into(),
            letter: 'é',
            maybe: Some(7),
            ..Everything::default()
        };
        let encoded = "number=1&count=-5&flag=true&text=a+b%26c&letter=%C3%A9&maybe=7";
        assert_eq!(read(encoded), expected);
        // Also beside a list, which takes the slower way.
        assert_eq!(
            read(&format!("{encoded}&list=1")),
            Everything {
                list: vec![1],
                ..expected
            }
        );
    }

    #[test]
    fn nothing_gives_the_defaults() {
        assert_eq!(read(""), Everything::default());
    }

    #[test]
    fn a_name_is_repeated_for_each_element_of_a_list() {
        let message = read("list=3&tags=b&fixed=-1&list=4&tags=a&fixed=1&tags=b&maybe_list=x");
        assert_eq!(message.list, [3, 4]);
        assert_eq!(message.tags, BTreeSet::from(["a".into(), "b".into()]));
        assert_eq!(message.fixed, [-1, 1]);
        assert_eq!(message.maybe_list, Some(vec!["x".into()]));
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
        for (encoded, expected) in [
            (
                "number=abc",
                r#"near "number": expected a number, got "abc""#,
            ),
            (
                "count=1.5",
                r#"near "count": expected a whole number of 32 bits, got "1.5""#,
            ),
            (
                "list=1&list=256",
                r#"near "list[1]": expected a whole number from 0 to 255, got "256""#,
            ),
            (
                "fixed=1",
                r#"near "fixed": expected a list of 2, got a list of 1"#,
            ),
            (
                "grid=1",
                r#"near "grid[0]": expected a list, which plain text cannot hold: send JSON"#,
            ),
            (
                "by_name=1",
                r#"near "by_name": expected an object, or a list of pairs [[key, value], …], which plain text cannot hold: send JSON"#,
            ),
            ("count=1&count=2", r#"near "count": member given twice"#),
        ] {
            assert_eq!(error(encoded), expected, "{encoded}");
        }
        assert!(error("nope=1").starts_with("unknown member `nope`, expected one of `number`"));
    }
}
