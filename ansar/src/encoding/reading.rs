//! A tree that becomes whatever type is asked of it, and says what is wrong and where.

use std::borrow::Cow;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, MapAccess, Visitor};

use super::access::{Elements, Members, Pairs};
use super::refusal::Refusal;
use super::text::Text;
use super::tree::{Number, Tree};
use super::words::{self, BOOLEAN, CHARACTER, LIST, MAP, MEMBERS, NULL, NUMBER, list_of, one_of};

impl Tree {
    fn number(&self, expected: &str) -> Result<Number, Refusal> {
        match self {
            Self::Number(number) => Ok(*number),
            _ => Err(self.unexpected(expected)),
        }
    }

    fn whole<T: TryFrom<u128> + TryFrom<i128>>(&self, expected: &str) -> Result<T, Refusal> {
        let number = self.number(expected)?.whole();
        number.ok_or_else(|| self.unexpected(expected))
    }
}

fn members(object: &[(String, Tree)]) -> impl MapAccess<'_, Error = Refusal> {
    Members::new(object.iter().map(|(name, value)| (name.as_str(), value)))
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $expected:expr,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.$visit(self.whole($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Tree {
    type Error = Refusal;

    whole_numbers! {
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
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_f64(self.number(NUMBER)?.float())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Bool(value) => visitor.visit_bool(*value),
            _ => Err(self.unexpected(BOOLEAN)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Text(text) => Text::value(Cow::Borrowed(text)).deserialize_char(visitor),
            _ => Err(self.unexpected(CHARACTER)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Text(text) => Text::value(Cow::Borrowed(text)).deserialize_str(visitor),
            _ => Err(self.unexpected(&words::expected(&visitor))),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Null => visitor.visit_unit(),
            _ => Err(self.unexpected(NULL)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::List(elements) => visitor.visit_seq(Elements::new(elements.iter())),
            _ => Err(self.unexpected(LIST)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self {
            Tree::List(elements) if elements.len() == length => {
                visitor.visit_seq(Elements::new(elements.iter()))
            }
            _ => Err(self.unexpected(&list_of(length))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Object(object) => visitor.visit_map(members(object)),
            Tree::List(pairs) => visitor.visit_map(Pairs::new(pairs)),
            _ => Err(self.unexpected(MAP)),
        }
    }

    /// serde would take a list as the members in their order: too easy to get wrong.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self {
            Tree::Object(object) => visitor.visit_map(members(object)),
            _ => Err(self.unexpected(MEMBERS)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self {
            Tree::Text(name) => visitor.visit_enum(StrDeserializer::new(name)),
            Tree::Object(object) if object.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(members(object)))
            }
            _ => Err(self.unexpected(&one_of(variants))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Number(number) => any_number(*number, visitor),
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            Tree::List(elements) => visitor.visit_seq(Elements::new(elements.iter())),
            Tree::Object(object) => visitor.visit_map(members(object)),
        }
    }
}

/// The usual widths first: not every visitor knows 128 bits.
fn any_number<'de, V: Visitor<'de>>(number: Number, visitor: V) -> Result<V::Value, Refusal> {
    match number {
        Number::Natural(number) => match u64::try_from(number) {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_u128(number),
        },
        Number::Negative(number) => match i64::try_from(number) {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => visitor.visit_i128(number),
        },
        Number::Float(number) => visitor.visit_f64(number),
    }
}
