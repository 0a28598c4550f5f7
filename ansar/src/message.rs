//! What travels: plain structs with a name on the wire.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::encoding;
use crate::fault::Fault;
use crate::http::Endpoint;

/// A plain struct that can be sent, received and replied.
///
/// [`#[message]`](macro@crate::message) writes the implementation.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// struct Output {
///     value: f64,
/// }
///
/// assert_eq!(Output::NAME, "Output");
/// assert_eq!(Output { value: 1.5 }.fault(), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    label = "not a message",
    note = "write `#[message]` above the struct to make it one"
)]
pub trait Message: Debug + Serialize + DeserializeOwned + 'static {
    /// The module that the struct is declared in, the first half of its name on the wire.
    const MODULE: &'static str;
    /// The name of the struct, by which a client asks for it.
    const NAME: &'static str;

    /// The method and the path by which a client asks for it, when it is not by name.
    const ENDPOINT: Option<Endpoint> = None;

    /// What went wrong, if this message says that something did.
    fn fault(&self) -> Option<Fault> {
        None
    }
}

/// The answer that says nothing but "done": what a handler without a result replies.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Set { value: u64 }
/// # struct Counter { value: u64 }
/// #[handlers]
/// impl Counter {
///     fn set(&mut self, Set { value }: Set) {
///         self.value = value;
///     }
/// }
///
/// let mut test = ansar::test::Test::new(Counter { value: 0 });
/// assert_eq!(test.ask(Set { value: 5 }), Ok(Ack {}));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ack {}

impl Message for Ack {
    const MODULE: &'static str = "ansar";
    const NAME: &'static str = "Ack";
}

/// How a message without members is written: `{}`.
#[doc(hidden)]
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Empty {}

/// The part of a module path after its last `::`.
#[doc(hidden)]
pub const fn last_segment(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut start = bytes.len();
    while start > 0 && bytes[start - 1] != b':' {
        start -= 1;
    }
    match std::str::from_utf8(bytes.split_at(start).1) {
        Ok(segment) => segment,
        Err(_) => panic!("a path cut at a colon is still text"),
    }
}

/// Writes a message as people read it: `Output(value=3.375)`.
pub(crate) fn human<M: Message>(message: &M) -> String {
    let members = match encoding::value_of(message) {
        Ok(serde_json::Value::Object(members)) => members,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{}({})", M::NAME, members.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate as ansar;

    #[ansar::message]
    struct Output {
        value: f64,
        text: String,
    }

    #[ansar::message]
    struct Ping;

    #[test]
    fn a_message_is_named_after_its_module_and_its_struct() {
        assert_eq!((Output::MODULE, Output::NAME), ("tests", "Output"));
        assert_eq!(last_segment("crunch_api"), "crunch_api");
        assert_eq!(last_segment("crunch::deep::crunch_api"), "crunch_api");
    }

    #[test]
    fn a_message_without_members_is_an_empty_object() {
        assert_eq!(serde_json::to_string(&Ping).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Ping>("{}").unwrap(), Ping);
        assert!(serde_json::from_str::<Ping>(r#"{"x":1}"#).is_err());
    }

    #[test]
    fn a_value_is_printed_as_a_call() {
        assert_eq!(human(&Ack {}), "Ack()");
        let output = Output {
            value: 3.375,
            text: "a b".into(),
        };
        assert_eq!(human(&output), r#"Output(text="a b", value=3.375)"#);
    }

    #[test]
    fn a_map_whose_keys_are_not_text_is_printed_too() {
        #[ansar::message]
        struct Prices {
            by_pair: BTreeMap<(u8, u8), f64>,
        }
        let by_pair = BTreeMap::from([((1, 2), 0.5)]);
        assert_eq!(human(&Prices { by_pair }), "Prices(by_pair=[[[1,2],0.5]])");
    }
}
