//! Looks for numbers that JSON cannot hold: infinities and "not a number".
//!
//! A serializer that writes nothing. It walks a message only when its JSON has a
//! null in it, so an ordinary reply does not pay for it.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::EncodeError;

/// Says which number of the value is not finite, if one is not.
pub(crate) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), EncodeError> {
    value.serialize(Walk)
}

impl serde::ser::Error for EncodeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Walks a part, and puts its name before what is wrong in it.
fn check_part<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<(), EncodeError> {
    check(value).map_err(|EncodeError(cause)| match cause.strip_prefix("near \"") {
        Some(inner) => EncodeError(format!("near \"{name}.{inner}")),
        None => EncodeError(format!("near \"{name}\": {cause}")),
    })
}

fn check_number(value: f64) -> Result<(), EncodeError> {
    if value.is_finite() {
        return Ok(());
    }
    Err(EncodeError::custom(format_args!(
        "JSON has no form for the number {value}"
    )))
}

struct Walk;

macro_rules! harmless {
    ($($method:ident $kind:ty)*) => {$(
        fn $method(self, _value: $kind) -> Result<(), EncodeError> {
            Ok(())
        }
    )*};
}

impl Serializer for Walk {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    harmless! {
        serialize_bool bool
        serialize_i8 i8
        serialize_i16 i16
        serialize_i32 i32
        serialize_i64 i64
        serialize_i128 i128
        serialize_u8 u8
        serialize_u16 u16
        serialize_u32 u32
        serialize_u64 u64
        serialize_u128 u128
        serialize_char char
        serialize_str &str
        serialize_bytes &[u8]
        serialize_unit_struct &'static str
    }

    fn serialize_f32(self, value: f32) -> Result<(), EncodeError> {
        check_number(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), EncodeError> {
        check_number(value)
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        check(value)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        check(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        check_part(variant, value)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Self, EncodeError> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self, EncodeError> {
        Ok(self)
    }
}

macro_rules! elements {
    ($($compound:ident $method:ident)*) => {$(
        impl $compound for Walk {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                check(value)
            }

            fn end(self) -> Result<(), EncodeError> {
                Ok(())
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! members {
    ($($compound:ident)*) => {$(
        impl $compound for Walk {
            type Ok = ();
            type Error = EncodeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                check_part(name, value)
            }

            fn end(self) -> Result<(), EncodeError> {
                Ok(())
            }
        }
    )*};
}

members! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Walk {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        check(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        check(value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    struct Order {
        price: Vec<Option<f64>>,
        parts: BTreeMap<&'static str, f32>,
    }

    #[derive(Serialize)]
    struct Orders {
        order: Order,
    }

    #[test]
    fn a_number_that_is_not_finite_is_found_wherever_it_is() {
        let order = |price, part| Orders {
            order: Order {
                price: vec![Some(1.0), None, price],
                parts: BTreeMap::from([("a", part)]),
            },
        };
        assert_eq!(check(&order(None, 1.0)), Ok(()));
        let error = |orders: &Orders| check(orders).unwrap_err().to_string();
        assert_eq!(
            error(&order(Some(f64::NAN), 1.0)),
            "near \"order.price\": JSON has no form for the number NaN"
        );
        assert_eq!(
            error(&order(None, f32::INFINITY)),
            "near \"order.parts\": JSON has no form for the number inf"
        );
    }
}
