//! One value written as plain text: what stands behind the `=` in a query string.

use std::borrow::Cow;
use std::str::FromStr;

use serde::de::value::Error;
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Text that becomes whatever type is asked of it.
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

/// Infinity and "not a number" are none: JSON has no form for them either.
const NUMBER: &str = "a number";

impl Text<'_> {
    fn parse<T: FromStr>(&self, expected: &str) -> Result<T, Error> {
        self.0.parse().map_err(|_| self.unexpected(expected))
    }

    fn unexpected(&self, expected: &str) -> Error {
        de::Error::custom(format_args!("expected {expected}, got {:?}", self.0))
    }
}

impl IntoDeserializer<'_> for Text<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $expected:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Error;

    numbers! {
        deserialize_bool visit_bool "true or false"
        deserialize_i8 visit_i8 "a whole number from -128 to 127"
        deserialize_i16 visit_i16 "a whole number from -32768 to 32767"
        deserialize_i32 visit_i32 "a whole number of 32 bits"
        deserialize_i64 visit_i64 "a whole number of 64 bits"
        deserialize_i128 visit_i128 "a whole number of 128 bits"
        deserialize_u8 visit_u8 "a whole number from 0 to 255"
        deserialize_u16 visit_u16 "a whole number from 0 to 65535"
        deserialize_u32 visit_u32 "a whole number of 32 bits, not negative"
        deserialize_u64 visit_u64 "a whole number of 64 bits, not negative"
        deserialize_u128 visit_u128 "a whole number of 128 bits, not negative"
        deserialize_char visit_char "one character"
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number: f32 = self.parse(NUMBER)?;
        if number.is_finite() {
            visitor.visit_f32(number)
        } else {
            Err(self.unexpected(NUMBER))
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number: f64 = self.parse(NUMBER)?;
        if number.is_finite() {
            visitor.visit_f64(number)
        } else {
            Err(self.unexpected(NUMBER))
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(needs_json("a list"))
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(needs_json("a map"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        Err(needs_json(name))
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

fn needs_json(expected: &str) -> Error {
    de::Error::custom(format_args!(
        "expected {expected}, which plain text cannot hold: send JSON"
    ))
}
