//! Types whose values are written as text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// A type that is read from text.
pub(super) trait Written: Sized {
    /// What is expected of the text, with an example.
    const EXPECTED: &'static str;

    /// Reads the text, if it is what is expected.
    fn read(text: &str) -> Option<Self>;
}

/// Text that is not what a type expects.
///
/// ```
/// use ansar::TimeSpan;
///
/// let malformed = "soon".parse::<TimeSpan>().unwrap_err();
/// assert_eq!(malformed.to_string(), "expected a span of time such as 1d2h3m4.5s, got \"soon\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {got:?}")]
pub struct Malformed {
    expected: &'static str,
    got: String,
}

pub(super) fn parse<T: Written>(text: &str) -> Result<T, Malformed> {
    T::read(text).ok_or_else(|| Malformed {
        expected: T::EXPECTED,
        got: text.to_owned(),
    })
}

pub(super) fn deserialize<'de, T: Written, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<T: Written> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
