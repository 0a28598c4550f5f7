//! A message of any type.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::type_name::TypeName;
use crate::encoding::{self, Tree};
use crate::fault::Faulted;
use crate::message::Message;

/// A message of any type: `["module.Name", {members}, []]` in JSON.
///
/// The type need not be one that this program knows: what is not understood is kept,
/// and written again as it was read, but for whole numbers beyond 64 bits: they are rounded.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// struct Output {
///     value: f64,
/// }
///
/// let any = Any::of(&Output { value: 1.5 })?;
/// assert!(any.is::<Output>());
/// assert_eq!(any.message::<Output>()?.value, 1.5);
/// # Ok::<(), Faulted>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Any {
    name: TypeName,
    /// An object, always.
    members: Tree,
    /// What other implementations share between the parts of a message.
    shared: Vec<Tree>,
}

impl Any {
    /// Keeps a message as one of any type.
    ///
    /// # Errors
    ///
    /// With status 500 when the message holds what JSON has no form for, such as infinity.
    pub fn of<M: Message>(message: &M) -> Result<Self, Faulted> {
        let name = TypeName::of::<M>();
        match encoding::tree_of(message) {
            Ok(members) => Ok(Self {
                name,
                members,
                shared: Vec::new(),
            }),
            Err(error) => {
                let condition = format!("cannot keep {name} as a message of any type");
                Err(Faulted::failed(condition, error.to_string()))
            }
        }
    }

    /// The name of the type.
    pub fn name(&self) -> &TypeName {
        &self.name
    }

    /// Whether the message is of the type `M`.
    pub fn is<M: Message>(&self) -> bool {
        self.name.is::<M>()
    }

    /// The message, when it is of the type `M` and its members are those of `M`.
    ///
    /// # Errors
    ///
    /// With status 400 when it is another message, or has other members than `M` has.
    pub fn message<M: Message>(&self) -> Result<M, Faulted> {
        let refused = |reason: String| {
            let wanted = TypeName::of::<M>();
            Faulted::rejected(format!("cannot take {} as {wanted}", self.name), reason)
        };
        if !self.is::<M>() {
            return Err(refused("it is another message".to_owned()));
        }
        M::deserialize(&self.members).map_err(|refusal| refused(refusal.to_string()))
    }
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.name, &self.members, &self.shared).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Any;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(r#"a message of any type, ["module.Name", {members}, []]"#)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Any, A::Error> {
        let missing = |length| A::Error::invalid_length(length, &self);
        let name = parts.next_element()?.ok_or_else(|| missing(0))?;
        let members = parts.next_element()?.ok_or_else(|| missing(1))?;
        let shared = parts.next_element()?.ok_or_else(|| missing(2))?;
        if parts.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::invalid_length(4, &self));
        }
        if !matches!(members, Tree::Object(_)) {
            let other = Unexpected::Other("a list without members in its second place");
            return Err(A::Error::invalid_type(other, &self));
        }
        Ok(Any {
            name,
            members,
            shared,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate as ansar;
    use crate::fault::Aborted;

    #[ansar::message]
    struct Output {
        value: f64,
    }

    fn read(text: &str) -> Any {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_known_is_written_again_as_it_was_read() {
        let text = r#"["elsewhere.Thing",{"b":[1,{"z":null,"a":2.0}],"a":-7},[["1100:x",[3]]]]"#;
        let any = read(text);
        assert_eq!(any.name().as_str(), "elsewhere.Thing");
        assert_eq!(serde_json::to_string(&any).unwrap(), text);
    }

    #[test]
    fn a_whole_number_beyond_64_bits_is_rounded() {
        let text = r#"["elsewhere.Thing",{"x":18446744073709551615,"y":18446744073709551617},[]]"#;
        assert_eq!(
            serde_json::to_string(&read(text)).unwrap(),
            r#"["elsewhere.Thing",{"x":18446744073709551615,"y":1.8446744073709552e+19},[]]"#
        );
    }

    #[test]
    fn a_message_is_taken_as_what_it_is_and_as_nothing_else() {
        let any = Any::of(&Output { value: 1.5 }).unwrap();
        assert_eq!(any, read(r#"["tests.Output",{"value":1.5},[]]"#));
        assert_eq!(any.message::<Output>().unwrap(), Output { value: 1.5 });
        assert_eq!(
            any.message::<Aborted>().unwrap_err().to_string(),
            "cannot take tests.Output as ansar.Aborted (it is another message)"
        );
        let wrong = read(r#"["tests.Output",{"value":"abc"},[]]"#);
        assert_eq!(
            wrong.message::<Output>().unwrap_err().to_string(),
            "cannot take tests.Output as tests.Output (near \"value\": expected a number, got \"abc\")"
        );
    }

    #[test]
    fn a_message_that_json_cannot_hold_is_refused_at_once() {
        let fault = Any::of(&Output {
            value: f64::INFINITY,
        })
        .unwrap_err();
        assert_eq!(
            fault.to_string(),
            "cannot keep tests.Output as a message of any type \
             (near \"value\": JSON has no form for the number inf)"
        );
    }
}
