//! Bytes.

use std::ops::{Deref, DerefMut};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::written::{self, Written};

/// Bytes that are no text, such as a picture: written in base64.
///
/// It dereferences to the `Vec<u8>` that it is made of. `Vec<u8>` itself is a list
/// of numbers.
///
/// ```
/// use ansar::Bytes;
///
/// let picture = Bytes::from(b"\x00\x01\xff");
/// assert_eq!(picture.len(), 3);
/// assert_eq!(Vec::from(picture), [0, 1, 255]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(Vec<u8>);

/// The alphabet of RFC 4648, padded when it is written and either way when it is read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Written for Bytes {
    const EXPECTED: &'static str = "bytes in base64, such as AAH/";

    fn read(text: &str) -> Option<Self> {
        BASE64.decode(text).ok().map(Self)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        written::deserialize(deserializer)
    }
}

impl Deref for Bytes {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_with_padding_and_without_and_written_with_it() {
        for (text, bytes, written) in [
            ("", &b""[..], ""),
            ("AAH/", b"\x00\x01\xff", "AAH/"),
            ("AA==", b"\x00", "AA=="),
            ("AA", b"\x00", "AA=="),
            ("AAE=", b"\x00\x01", "AAE="),
        ] {
            let read = Bytes::read(text).unwrap();
            assert_eq!(read.as_slice(), bytes, "{text}");
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(json, format!("\"{written}\""));
        }
        for text in ["A", "====", "AA==A", "a b", "é"] {
            assert_eq!(Bytes::read(text), None, "{text}");
        }
    }
}
