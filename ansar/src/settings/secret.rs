//! Text that nobody sees by accident.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// What stands in the place of a secret wherever settings are shown.
pub(crate) const SHOWN: &str = "(secret)";

/// A password, a key, a token: text that is used but never shown.
///
/// `Debug`, `Display`, `--help`, `--dump-settings`, the record, replies and error texts have
/// `(secret)` in its place; [`expose`](Self::expose) gives the text itself. Only the settings
/// file, which nobody but its owner can read, holds it as it is.
///
/// ```
/// use ansar::Secret;
///
/// let key = Secret::from("hunter2");
/// assert_eq!(key.to_string(), "(secret)");
/// assert_eq!(format!("{key:?}"), "(secret)");
/// assert_eq!(key.expose(), "hunter2");
/// ```
///
/// The command line of a process can be read by every user of the machine: give a secret by
/// the environment, or store it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(SHOWN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(SHOWN)
    }
}

thread_local! {
    /// Whether secrets are written as they are on this thread. Serde gives no way to tell a
    /// nested value what it is written for.
    static EXPOSED: Cell<bool> = const { Cell::new(false) };
}

/// Does work during which secrets are written as they are. Everywhere else they are not, so
/// that whoever forgets about them gives nothing away.
pub(crate) fn exposed<T>(work: impl FnOnce() -> T) -> T {
    struct Former(bool);
    impl Drop for Former {
        fn drop(&mut self) {
            EXPOSED.set(self.0);
        }
    }
    let _former = Former(EXPOSED.replace(true));
    work()
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if EXPOSED.get() { &self.0 } else { SHOWN })
    }
}

/// The type is not asked for as text, because a deserializer that has something else would
/// then quote it.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

struct SecretVisitor;

impl SecretVisitor {
    /// Says what came without quoting it.
    fn refuse<E: de::Error>(self, what: &str) -> Result<Secret, E> {
        Err(E::invalid_type(Unexpected::Other(what), &self))
    }
}

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a secret as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        if text == SHOWN {
            return Err(E::custom(format_args!(
                "`{SHOWN}` is what is shown in place of a secret: give the secret itself, \
                 or leave this member out"
            )));
        }
        Ok(Secret::from(text))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
        self.refuse("true or false")
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        self.refuse("a number")
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        self.refuse("a number")
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Secret, E> {
        self.refuse("a number")
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Secret, E> {
        self.refuse("a number")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        self.refuse("a number")
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Secret, E> {
        self.refuse("bytes")
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_written_as_it_is_only_where_that_is_asked_for() {
        let nested = [Some(Secret::from("hunter2"))];
        let written = || serde_json::to_value(&nested).unwrap();
        assert_eq!(written(), json!(["(secret)"]));
        assert_eq!(exposed(written), json!(["hunter2"]));
        assert_eq!(written(), json!(["(secret)"]));
        assert_eq!(format!("{nested:?}"), "[Some((secret))]");
    }

    #[test]
    fn a_panic_while_secrets_are_exposed_hides_them_again() {
        assert!(catch_unwind(|| exposed(|| panic!("as it should"))).is_err());
        assert!(!EXPOSED.get());
    }

    #[test]
    fn what_is_shown_for_a_secret_is_not_taken_for_one() {
        let error = serde_json::from_value::<Secret>(json!("(secret)")).unwrap_err();
        assert!(
            error.to_string().contains("give the secret itself"),
            "{error}"
        );
    }

    #[test]
    fn numbers_of_any_width_are_refused_without_being_quoted() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, I128Deserializer, U128Deserializer};
        let wide: U128Deserializer<Error> = 4711_u128.into_deserializer();
        let negative: I128Deserializer<Error> = (-4711_i128).into_deserializer();
        for refused in [Secret::deserialize(wide), Secret::deserialize(negative)] {
            let error = refused.unwrap_err().to_string();
            assert!(!error.contains("4711"), "{error}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_without_being_quoted() {
        for (value, what) in [
            (json!(4711), "a number"),
            (json!(-4711), "a number"),
            (json!(null), "null"),
            (json!(4711.5), "a number"),
            (json!(true), "true or false"),
            (json!(["4711"]), "sequence"),
            (json!({"4711": 1}), "map"),
        ] {
            let error = serde_json::from_value::<Secret>(value).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("invalid type: {what}, expected a secret as text")
            );
        }
    }
}
