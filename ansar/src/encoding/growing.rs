//! Lists, objects and maps of a tree, while their parts are added one by one.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::EncodeError;
use super::tree::Tree;

/// A list as it grows.
pub(super) struct List(Vec<Tree>);

impl List {
    pub(super) fn with_capacity(length: usize) -> Self {
        Self(Vec::with_capacity(length))
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
        self.0.push(Tree::of(element)?);
        Ok(())
    }
}

macro_rules! lists {
    ($($compound:ident $method:ident)*) => {$(
        impl $compound for List {
            type Ok = Tree;
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
                self.push(element)
            }

            fn end(self) -> Result<Tree, EncodeError> {
                Ok(Tree::List(self.0))
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
}

/// An object as it grows.
pub(super) struct Object(Vec<(String, Tree)>);

impl Object {
    pub(super) fn with_capacity(length: usize) -> Self {
        Self(Vec::with_capacity(length))
    }
}

impl SerializeStruct for Object {
    type Ok = Tree;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.0.push((name.to_owned(), Tree::of(value)?));
        Ok(())
    }

    fn end(self) -> Result<Tree, EncodeError> {
        Ok(Tree::Object(self.0))
    }
}

/// What is in a variant, as it grows.
pub(super) struct Variant<C> {
    variant: &'static str,
    content: C,
}

impl<C> Variant<C> {
    pub(super) fn new(variant: &'static str, content: C) -> Self {
        Self { variant, content }
    }

    /// The content with the name of its variant around it.
    fn around(variant: &str, content: Tree) -> Tree {
        Tree::Object(vec![(variant.to_owned(), content)])
    }
}

impl SerializeTupleVariant for Variant<List> {
    type Ok = Tree;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
        self.content.push(element)
    }

    fn end(self) -> Result<Tree, EncodeError> {
        let content = SerializeSeq::end(self.content)?;
        Ok(Self::around(self.variant, content))
    }
}

impl SerializeStructVariant for Variant<Object> {
    type Ok = Tree;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.content.serialize_field(name, value)
    }

    fn end(self) -> Result<Tree, EncodeError> {
        Ok(Self::around(self.variant, self.content.end()?))
    }
}

/// The entries of a map, until it is known what the keys are.
pub(super) struct Entries {
    key: Option<Tree>,
    entries: Vec<(Tree, Tree)>,
}

impl Entries {
    pub(super) fn with_capacity(length: usize) -> Self {
        Self {
            key: None,
            entries: Vec::with_capacity(length),
        }
    }
}

impl SerializeMap for Entries {
    type Ok = Tree;
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.key = Some(Tree::of(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let key = self.key.take().expect("a value follows its key");
        self.entries.push((key, Tree::of(value)?));
        Ok(())
    }

    fn end(self) -> Result<Tree, EncodeError> {
        let all_text = self
            .entries
            .iter()
            .all(|(key, _)| matches!(key, Tree::Text(_)));
        let entries = self.entries.into_iter();
        if !all_text {
            let pairs = entries.map(|(key, value)| Tree::List(vec![key, value]));
            return Ok(Tree::List(pairs.collect()));
        }
        let members = entries.filter_map(|(key, value)| match key {
            Tree::Text(name) => Some((name, value)),
            _ => None,
        });
        Ok(Tree::Object(members.collect()))
    }
}
