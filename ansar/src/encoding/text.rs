//! One value written as plain text: what stands behind the `=` in a query string,
//! and before the `:` in a map.

use std::borrow::Cow;
use std::str::FromStr;

use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::refusal::Refusal;
use super::words::{self, BOOLEAN, CHARACTER, LIST, MAP, MEMBERS, NULL, NUMBER, quoted};

/// Text that becomes whatever type is asked of it.
pub(super) struct Text<'a> {
    text: Cow<'a, str>,
    place: Place,
}

/// Where the text stands, which decides what to do when it is too little.
#[derive(Clone, Copy)]
enum Place {
    Value,
    Key,
}

impl<'a> Text<'a> {
    /// Text that is a value.
    pub(super) fn value(text: Cow<'a, str>) -> Self {
        Self {
            text,
            place: Place::Value,
        }
    }

    /// Text that is a key of a map, or the name of a member.
    pub(super) fn key(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            place: Place::Key,
        }
    }

    fn parse<T: FromStr>(&self, expected: &str) -> Result<T, Refusal> {
        self.text.parse().map_err(|_| self.unexpected(expected))
    }

    fn unexpected(&self, expected: &str) -> Refusal {
        Refusal::expected(expected, quoted(&self.text))
    }

    fn too_little(&self, expected: &str) -> Refusal {
        Refusal::new(match self.place {
            Place::Value => {
                format!("expected {expected}, which plain text cannot hold: send JSON")
            }
            Place::Key => format!(
                "expected {expected}, which a name cannot hold: send a list of pairs [[key, value], …]"
            ),
        })
    }
}

impl IntoDeserializer<'_, Refusal> for Text<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $expected:expr,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

macro_rules! floats {
    ($($method:ident $visit:ident $kind:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            let number: $kind = self.parse(NUMBER)?;
            if number.is_finite() {
                visitor.$visit(number)
            } else {
                Err(self.unexpected(NUMBER))
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Refusal;

    numbers! {
        deserialize_bool visit_bool BOOLEAN,
        deserialize_i8 visit_i8 words::I8,
        deserialize_i16 visit_i16 words::I16,
        deserialize_i32 visit_i32 words::I32,
        deserialize_i64 visit_i64 words::I64,
        deserialize_i128 visit_i128 words::I128,
        deserialize_u8 visit_u8 words::U8,
        deserialize_u16 visit_u16 words::U16,
        deserialize_u32 visit_u32 words::U32,
        deserialize_u64 visit_u64 words::U64,
        deserialize_u128 visit_u128 words::U128,
        deserialize_char visit_char CHARACTER,
    }

    floats! {
        deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.text {
            Cow::Borrowed(text) => visitor.visit_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    /// What a type from elsewhere says of text that it cannot read is put in our words.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let known = words::known(&visitor);
        visitor
            .visit_str(&self.text)
            .map_err(|refusal| known.map_or(refusal, |expected| self.unexpected(expected)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_enum(self.text.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Refusal> {
        Err(self.too_little(LIST))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        _visitor: V,
    ) -> Result<V::Value, Refusal> {
        Err(self.too_little(&words::list_of(length)))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Refusal> {
        Err(self.too_little(MAP))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _members: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Refusal> {
        Err(self.too_little(MEMBERS))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Refusal> {
        Err(self.too_little(NULL))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! { bytes byte_buf identifier ignored_any }
}
