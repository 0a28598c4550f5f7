//! Makes a tree of any value. A map whose keys are not text becomes a list of pairs.

use serde::Serialize;
use serde::ser::Serializer;

use super::EncodeError;
use super::growing::{Entries, List, Object, Variant};
use super::tree::{Number, Tree};

impl Tree {
    /// Takes a value apart.
    pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        value.serialize(Builder)
    }
}

struct Builder;

macro_rules! whole_numbers {
    ($($method:ident $kind:ty)*) => {$(
        fn $method(self, number: $kind) -> Result<Tree, EncodeError> {
            Ok(Tree::Number(i128::from(number).into()))
        }
    )*};
}

impl Serializer for Builder {
    type Ok = Tree;
    type Error = EncodeError;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = Variant<List>;
    type SerializeMap = Entries;
    type SerializeStruct = Object;
    type SerializeStructVariant = Variant<Object>;

    whole_numbers! {
        serialize_i8 i8
        serialize_i16 i16
        serialize_i32 i32
        serialize_i64 i64
        serialize_i128 i128
        serialize_u8 u8
        serialize_u16 u16
        serialize_u32 u32
        serialize_u64 u64
    }

    fn serialize_u128(self, number: u128) -> Result<Tree, EncodeError> {
        Ok(Tree::Number(Number::Natural(number)))
    }

    /// Few digits stay few: 0.1 is not 0.10000000149011612.
    fn serialize_f32(self, number: f32) -> Result<Tree, EncodeError> {
        let decimal = number.to_string().parse();
        self.serialize_f64(decimal.expect("a number is written as it is read"))
    }

    fn serialize_f64(self, number: f64) -> Result<Tree, EncodeError> {
        Ok(Tree::Number(Number::Float(number)))
    }

    fn serialize_bool(self, value: bool) -> Result<Tree, EncodeError> {
        Ok(Tree::Bool(value))
    }

    fn serialize_char(self, character: char) -> Result<Tree, EncodeError> {
        Ok(Tree::Text(character.into()))
    }

    fn serialize_str(self, text: &str) -> Result<Tree, EncodeError> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Tree, EncodeError> {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Result<Tree, EncodeError> {
        Ok(Tree::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree, EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree, EncodeError> {
        Ok(Tree::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Tree, EncodeError> {
        Ok(Tree::Null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Tree, EncodeError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Tree, EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Tree, EncodeError> {
        let content = Tree::of(value)?;
        Ok(Tree::Object(vec![(variant.to_owned(), content)]))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List, EncodeError> {
        Ok(List::with_capacity(length.unwrap_or_default()))
    }

    fn serialize_tuple(self, length: usize) -> Result<List, EncodeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<List, EncodeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<List>, EncodeError> {
        let content = self.serialize_seq(Some(length))?;
        Ok(Variant::new(variant, content))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries, EncodeError> {
        Ok(Entries::with_capacity(length.unwrap_or_default()))
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Object, EncodeError> {
        Ok(Object::with_capacity(length))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<Object>, EncodeError> {
        let content = self.serialize_struct(name, length)?;
        Ok(Variant::new(variant, content))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    enum Shape {
        Point,
        Circle(f32),
        Line(i8, i8),
        Box { width: u128 },
    }

    #[derive(Serialize)]
    struct Everything {
        shapes: Vec<Shape>,
        letter: char,
        nothing: Option<u8>,
        by_name: BTreeMap<&'static str, bool>,
        by_number: BTreeMap<i32, BTreeMap<(u8, u8), f64>>,
    }

    #[test]
    fn a_tree_is_what_json_would_be_with_pairs_where_keys_are_not_text() {
        let everything = Everything {
            shapes: vec![
                Shape::Point,
                Shape::Circle(0.1),
                Shape::Line(-1, 2),
                Shape::Box { width: u128::MAX },
            ],
            letter: 'é',
            nothing: None,
            by_name: BTreeMap::from([("a", true)]),
            by_number: BTreeMap::from([(-7, BTreeMap::from([((1, 2), 0.5)]))]),
        };
        let expected = concat!(
            r#"{"shapes":["Point",{"Circle":0.1},{"Line":[-1,2]},"#,
            r#"{"Box":{"width":340282366920938463463374607431768211455}}],"letter":"é","#,
            r#""nothing":null,"by_name":{"a":true},"by_number":[[-7,[[[1,2],0.5]]]]}"#,
        );
        let tree = Tree::of(&everything).unwrap();
        assert_eq!(serde_json::to_string(&tree).unwrap(), expected);
    }
}
