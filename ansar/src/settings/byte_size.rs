//! Numbers of bytes as people write them.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// Units in which a size is written when it is a whole number of them, largest first.
const UNITS: [(&str, u64); 6] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
];

/// A number of bytes. Read from `2MB`, `512KiB`, `1.5 GB` or a number of bytes; written
/// exactly, in the largest unit that it is a whole number of.
///
/// ```
/// use ansar::ByteSize;
///
/// let size: ByteSize = "2MB".parse()?;
/// assert_eq!(size.bytes(), 2_000_000);
/// assert_eq!(ByteSize::new(1024 * 1024).to_string(), "1MiB");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

impl ByteSize {
    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes it is.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, bytes): &&(&str, u64)| self.0 > 0 && self.0.is_multiple_of(*bytes);
        match UNITS.iter().find(whole) {
            Some((unit, bytes)) => write!(formatter, "{}{unit}", self.0 / bytes),
            None => write!(formatter, "{}", self.0),
        }
    }
}

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("expected a size such as 2MB or 512KiB, got {text:?}");
        let size: bytesize::ByteSize = text.parse().map_err(|_| refused())?;
        // What is too large for a number of bytes comes out as the largest one.
        if size.as_u64() == u64::MAX {
            return Err(refused());
        }
        Ok(Self(size.as_u64()))
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;

        impl Visitor<'_> for SizeVisitor {
            type Value = ByteSize;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a size such as 2MB, or a number of bytes")
            }

            fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<ByteSize, E> {
                Ok(ByteSize(bytes))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(SizeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("2MB", 2_000_000),
            ("512KB", 512_000),
            ("512KiB", 512 << 10),
            ("1 GB", 1_000_000_000),
            ("1.5mb", 1_500_000),
            ("4096", 4096),
            ("4096B", 4096),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        assert_eq!(
            serde_json::from_value::<ByteSize>(json!(4096)).unwrap(),
            ByteSize(4096)
        );
    }

    #[test]
    fn what_is_no_size_is_refused_with_an_example() {
        for text in ["", "MB", "-5MB", "5 apples", "99999999TB", "NaN", "inf"] {
            assert_eq!(
                text.parse::<ByteSize>(),
                Err(format!(
                    "expected a size such as 2MB or 512KiB, got {text:?}"
                ))
            );
        }
        assert!(serde_json::from_value::<ByteSize>(json!(-1)).is_err());
    }

    #[test]
    fn sizes_are_written_exactly() {
        for (bytes, text) in [
            (0, "0"),
            (1, "1"),
            (1_500, "1500"),
            (2_000, "2KB"),
            (1 << 20, "1MiB"),
            (1_500_000, "1500KB"),
            (1_000_000_000, "1GB"),
            (3 << 30, "3GiB"),
        ] {
            assert_eq!(ByteSize(bytes).to_string(), text);
            assert_eq!(text.parse(), Ok(ByteSize(bytes)));
        }
    }
}
