//! A JSON value taken apart: what is read when the fast way failed, and what a
//! message of any type is kept as.
//!
//! Unlike the value of `serde_json` it keeps members in their order, members that
//! are given twice, and whole numbers of 128 bits.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::refusal::Refusal;
use super::words::{got, list_of};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// A JSON number. A whole number has one form only, so that equal ones are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Natural(u128),
    Negative(i128),
    Float(f64),
}

impl From<i128> for Number {
    fn from(number: i128) -> Self {
        u128::try_from(number).map_or(Self::Negative(number), Self::Natural)
    }
}

impl Number {
    /// The number as a whole one, when it is one and in range.
    pub(super) fn whole<T: TryFrom<u128> + TryFrom<i128>>(self) -> Option<T> {
        match self {
            Self::Natural(number) => T::try_from(number).ok(),
            Self::Negative(number) => T::try_from(number).ok(),
            Self::Float(_) => None,
        }
    }

    /// The nearest number with a fraction.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest one is what was asked for"
    )]
    pub(super) fn float(self) -> f64 {
        match self {
            Self::Natural(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Natural(number) => number.fmt(formatter),
            Self::Negative(number) => number.fmt(formatter),
            Self::Float(number) => fmt::Debug::fmt(number, formatter),
        }
    }
}

impl Tree {
    /// The value of an object whose only member has this name.
    pub(super) fn only_member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => match members.as_slice() {
                [(only, value)] if only == name => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// Refuses this value, because something else is expected.
    pub(super) fn unexpected(&self, expected: &str) -> Refusal {
        match self {
            Self::Null => Refusal::expected(expected, got(Unexpected::Unit)),
            Self::Bool(value) => Refusal::expected(expected, value),
            Self::Number(number) => Refusal::expected(expected, number),
            Self::Text(text) => Refusal::expected(expected, got(Unexpected::Str(text))),
            Self::List(elements) => Refusal::expected(expected, list_of(elements.len())),
            Self::Object(_) => Refusal::expected(expected, got(Unexpected::Map)),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            // The usual widths first: not every serializer knows 128 bits.
            Self::Natural(number) => match u64::try_from(number) {
                Ok(number) => serializer.serialize_u64(number),
                Err(_) => serializer.serialize_u128(number),
            },
            Self::Negative(number) => match i64::try_from(number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.serialize_i128(number),
            },
            Self::Float(number) => serializer.serialize_f64(number),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(elements) => elements.serialize(serializer),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(i128::from(number).into()))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(Number::Natural(number.into())))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Tree, E> {
        Ok(Tree::Number(Number::Natural(number)))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Tree, E> {
        Ok(Tree::Number(Number::Float(number)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Tree::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_written_as_it_was_read() {
        for text in [
            "null",
            "true",
            "-9223372036854775808",
            "18446744073709551615",
            "1.5",
            "2.0",
            r#""a\"b""#,
            r#"{"b":[1,{"c":null}],"a":{},"b":[]}"#,
        ] {
            let tree: Tree = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&tree).unwrap(), text);
        }
    }

    #[test]
    fn equal_numbers_are_equal_whatever_they_were_made_of() {
        assert_eq!(Number::from(5), Number::Natural(5));
        assert_eq!(Tree::of(&5_i8).unwrap(), Tree::of(&5_u64).unwrap());
        assert_ne!(Number::from(-5), Number::Natural(5));
    }

    #[test]
    fn only_a_whole_number_in_range_is_a_whole_number() {
        assert_eq!(Number::Natural(255).whole::<u8>(), Some(255));
        assert_eq!(Number::Natural(256).whole::<u8>(), None);
        assert_eq!(Number::from(-1).whole::<u8>(), None);
        assert_eq!(Number::from(-128).whole::<i8>(), Some(-128));
        assert_eq!(Number::Float(1.0).whole::<u8>(), None);
        assert_eq!(Number::from(i128::MIN).whole(), Some(i128::MIN));
    }
}
