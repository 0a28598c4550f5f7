//! Members of two kinds: those of the path, which are text, beside those of a JSON object.

use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Members;
use super::refusal::Refusal;
use super::text::Text;
use super::tree::Tree;
use super::words::MEMBERS;
use crate::http::PathMember;

/// A message whose members stood in two places.
pub(super) struct Beside<'de> {
    pub(super) path: &'de [PathMember],
    pub(super) tree: &'de Tree,
}

impl<'de> Deserializer<'de> for Beside<'de> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let Tree::Object(object) = self.tree else {
            return Err(self.tree.unexpected(MEMBERS));
        };
        let path = self.path.iter();
        let path = path.map(|(name, text)| (name.as_str(), Member::Path(text)));
        let object = object.iter();
        let object = object.map(|(name, value)| (name.as_str(), Member::Body(value)));
        visitor.visit_map(Members::new(path.chain(object)))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// One member, by where it stood.
enum Member<'de> {
    Path(&'de str),
    Body(&'de Tree),
}

impl<'de> IntoDeserializer<'de, Refusal> for Member<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! by_where_it_stood {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, Refusal> {
            match self {
                Self::Path(text) => Text::value(text.into()).$method($($argument,)* visitor),
                Self::Body(tree) => tree.$method($($argument,)* visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Member<'de> {
    type Error = Refusal;

    by_where_it_stood! {
        deserialize_any() deserialize_bool() deserialize_char()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq() deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode_beside;
    use crate as ansar;

    #[ansar::message]
    struct Change {
        id: u64,
        name: String,
        tags: Vec<String>,
    }

    fn change(id: &str, body: &str) -> Result<Change, String> {
        decode_beside(&[("id".to_owned(), id.to_owned())], body.as_bytes())
    }

    #[test]
    fn members_of_the_path_and_of_the_body_make_one_message() {
        let expected = Change {
            id: 7,
            name: "Ann".into(),
            tags: vec!["new".into()],
        };
        let body = r#"{"name": "Ann", "tags": ["new"]}"#;
        assert_eq!(change("7", body), Ok(expected.clone()));
        let enveloped = format!(r#"{{"value": {body}}}"#);
        assert_eq!(change("7", &enveloped), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_named_wherever_it_stood() {
        let error = |id: &str, body: &str| change(id, body).unwrap_err();
        assert!(error("x", "{}").starts_with("near \"id\": expected a whole number"));
        assert!(error("7", r#"{"name": 5}"#).starts_with("near \"name\": expected text"));
        assert_eq!(
            error("7", r#"{"id": 8}"#),
            "near \"id\": member given twice"
        );
        assert!(error("7", "[1]").starts_with("expected an object of members"));
    }
}
