//! References to types of messages.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::written::{self, Malformed, Written};
use crate::message::Message;

/// The name of a type of message, as in `crunch_api.Multiply`.
///
/// It need not be a type that this program knows.
///
/// ```
/// use ansar::{Ack, TypeName};
///
/// let name = TypeName::of::<Ack>();
/// assert_eq!(name.to_string(), "ansar.Ack");
/// assert!(name.is::<Ack>());
/// assert_eq!("ansar.Ack".parse(), Ok(name));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeName(String);

impl TypeName {
    /// The name of the message `M`.
    pub fn of<M: Message>() -> Self {
        Self(format!("{}.{}", M::MODULE, M::NAME))
    }

    /// Whether this is the name of the message `M`.
    pub fn is<M: Message>(&self) -> bool {
        let name = self.0.strip_prefix(M::MODULE);
        name.and_then(|name| name.strip_prefix('.')) == Some(M::NAME)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Written for TypeName {
    const EXPECTED: &'static str = "the type of a message, such as crunch_api.Multiply";

    /// A word for the module at least, and one for the message.
    fn read(text: &str) -> Option<Self> {
        let is_word = |word: &str| {
            let mut characters = word.chars();
            characters
                .next()
                .is_some_and(|first| first == '_' || first.is_alphabetic())
                && characters.all(|character| character == '_' || character.is_alphanumeric())
        };
        let is_name = text.contains('.') && text.split('.').all(is_word);
        is_name.then(|| Self(text.to_owned()))
    }
}

impl FromStr for TypeName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        written::parse(text)
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for TypeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TypeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        written::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Aborted, Faulted};

    #[test]
    fn a_name_is_that_of_one_type() {
        let name = TypeName::of::<Faulted>();
        assert_eq!(name.as_str(), "ansar.Faulted");
        assert!(name.is::<Faulted>());
        assert!(!name.is::<Aborted>());
        assert!(
            !"ansar.api.Faulted"
                .parse::<TypeName>()
                .unwrap()
                .is::<Faulted>()
        );
        assert!(
            !"ansarx.Faulted"
                .parse::<TypeName>()
                .unwrap()
                .is::<Faulted>()
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "Ack",
            "ansar.",
            ".Ack",
            "ansar..Ack",
            "an sar.Ack",
            "ansar.1",
        ] {
            let error = text.parse::<TypeName>().unwrap_err().to_string();
            let expected = "expected the type of a message, such as crunch_api.Multiply, got ";
            assert_eq!(error, format!("{expected}{text:?}"));
        }
    }
}
