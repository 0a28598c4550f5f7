//! One value of the settings out of several layers: what comes later counts.

use serde_json::{Map, Value};

use super::secret::{self, exposed};
use super::{Given, Settings};
use crate::encoding::{self, Refusal};

/// What stands where a value is not shown, since it may be a secret.
const HIDDEN: &str = "…";

/// A value that does not fit the settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LayerError {
    /// What is stored does not fit.
    #[error("{0}")]
    Stored(String),
    /// What the environment or the command line gives does not fit.
    #[error("cannot use {name}={text}: {reason}")]
    Given {
        /// The variable or the option.
        name: String,
        text: String,
        reason: String,
    },
    /// Values that each fit do not fit together.
    #[error("{0}")]
    Together(String),
}

/// Puts the layers over each other. A member that a layer does not name keeps its value.
pub(crate) fn layered<'a, S: Settings>(
    factory: &S,
    stored: Map<String, Value>,
    mut given: impl Iterator<Item = &'a Given>,
) -> Result<S, LayerError> {
    let layers = Layers {
        factory: encoding::value_of(factory).unwrap_or_default(),
    };
    let stored = layers.with_stored(factory, stored)?;
    given.try_fold(stored, |settings, given| layers.with(&settings, given))
}

/// All members and their values, secrets as they are.
pub(crate) fn members_of<S: Settings>(settings: &S) -> Map<String, Value> {
    match exposed(|| encoding::value_of(settings)) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

struct Layers {
    /// The factory settings as they are shown: they tell where a value is no secret.
    factory: Value,
}

impl Layers {
    fn with_stored<S: Settings>(
        &self,
        factory: &S,
        stored: Map<String, Value>,
    ) -> Result<S, LayerError> {
        if stored.is_empty() {
            return Ok(factory.clone());
        }
        let mut members = members_of(factory);
        members.extend(stored);
        self.parse(members).map_err(LayerError::Stored)
    }

    /// Text is tried as it stands before it is tried as JSON, so that a text member
    /// is never mistaken for something else.
    fn with<S: Settings>(&self, settings: &S, given: &Given) -> Result<S, LayerError> {
        let with = |value: Value| {
            let mut members = members_of(settings);
            members.insert(given.member.to_owned(), value);
            self.parse(members)
        };
        let text = given.text.expose();
        let as_text = match with(Value::String(text.to_owned())) {
            Ok(settings) => return Ok(settings),
            Err(reason) => reason,
        };
        let reason = match serde_json::from_str(text) {
            Ok(value) => match with(value) {
                Ok(settings) => return Ok(settings),
                Err(reason) => reason,
            },
            Err(error) if text.trim_start().starts_with(['{', '[']) => {
                format!("malformed JSON: {error}")
            }
            Err(_) => as_text,
        };
        let is_plain = self.is_plain(&format!("/{}", given.member));
        Err(LayerError::Given {
            name: given.name.clone(),
            text: if is_plain { text } else { HIDDEN }.to_owned(),
            reason: inside(given.member, &reason),
        })
    }

    /// Whether a value may be shown: the factory settings have a number, true or false, or a
    /// text in its place that is no secret. Lists, structs and what is not there may hold
    /// secrets, which nobody can tell from what has been given wrongly.
    fn is_plain(&self, place: &str) -> bool {
        match self.factory.pointer(place) {
            Some(Value::String(text)) => text != secret::SHOWN,
            Some(Value::Bool(_) | Value::Number(_)) => true,
            _ => false,
        }
    }

    fn parse<S: Settings>(&self, members: Map<String, Value>) -> Result<S, String> {
        let mut document = Value::Object(members);
        let refusal = match parse(&document) {
            Ok(settings) => return Ok(settings),
            Err(refusal) => refusal,
        };
        let place = refusal.pointer();
        if self.is_plain(&place) {
            return Err(refusal.to_string());
        }
        // The words about the error quote the value, so they are asked for again with the
        // value hidden.
        let refusal = match document.pointer_mut(&place) {
            None => refusal.because("this is not what it should be"),
            Some(Value::Object(_) | Value::Array(_) | Value::Null) => refusal,
            Some(Value::String(text)) if text == secret::SHOWN => refusal,
            Some(value) => {
                *value = Value::String(HIDDEN.to_owned());
                match parse::<S>(&document) {
                    Err(hidden) => hidden,
                    Ok(_) => refusal.because("expected text"),
                }
            }
        };
        Err(refusal.to_string())
    }
}

fn parse<S: Settings>(document: &Value) -> Result<S, Refusal> {
    encoding::read(document.clone())
}

/// A reason without the member that has been named already; what is inside of it has not.
fn inside(member: &str, reason: &str) -> String {
    let Some(rest) = reason
        .strip_prefix("near \"")
        .and_then(|rest| rest.strip_prefix(member))
    else {
        return reason.to_owned();
    };
    match rest.strip_prefix("\": ") {
        Some(cause) => cause.to_owned(),
        None => format!("near \"{}", rest.trim_start_matches('.')),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::{Secret, Section};
    use super::*;
    use crate as ansar;

    #[ansar::settings]
    struct Server {
        #[default("127.0.0.1")]
        host: String,
        #[default(5051)]
        port: u16,
        verbose: bool,
        names: Vec<String>,
        backlog: Option<u32>,
        address: Address,
        peers: Vec<Address>,
        api_key: Secret,
        other_keys: Vec<Secret>,
        accounts: BTreeMap<String, Secret>,
    }

    #[ansar::settings]
    struct Address {
        #[default("localhost")]
        host: String,
        #[default(80)]
        port: u16,
        password: Option<Secret>,
    }

    fn stored(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn given(member: &'static str, text: &str) -> Given {
        Given {
            section: Section::Program,
            member,
            name: format!("--{member}"),
            text: text.into(),
        }
    }

    fn settings(stored: Map<String, Value>, given: &[Given]) -> Result<Server, LayerError> {
        layered(&Server::default(), stored, given.iter())
    }

    #[test]
    fn what_is_given_is_over_what_is_stored_and_that_over_the_factory() {
        let only_factory = settings(Map::new(), &[]).unwrap();
        assert_eq!(
            (only_factory.host.as_str(), only_factory.port),
            ("127.0.0.1", 5051)
        );
        let stored = stored(json!({"host": "::1", "port": 6000}));
        let given = [
            given("port", "6500"),
            given("port", "7000"),
            given("verbose", "true"),
        ];
        let all = settings(stored, &given).unwrap();
        assert_eq!((all.host.as_str(), all.port), ("::1", 7000));
        assert!(all.verbose);
    }

    #[test]
    fn text_becomes_what_the_member_is() {
        let given = [
            given("host", "5"),
            given("names", r#"["a", "true"]"#),
            given("backlog", "7"),
            given("address", r#"{"port": 5051, "password": "hunter2"}"#),
            given("peers", r#"[{"host": "a"}, {}]"#),
            given("api_key", "0123"),
        ];
        let settings = settings(Map::new(), &given).unwrap();
        assert_eq!(settings.host, "5");
        assert_eq!(settings.names, ["a", "true"]);
        assert_eq!(settings.backlog, Some(7));
        assert_eq!(
            (settings.address.host.as_str(), settings.address.port),
            ("localhost", 5051)
        );
        assert_eq!(settings.address.password, Some("hunter2".into()));
        assert_eq!(settings.peers[0].host, "a");
        assert_eq!(settings.peers[1], Address::default());
        assert_eq!(settings.api_key.expose(), "0123");
    }

    #[test]
    fn secrets_go_through_the_layers_unharmed() {
        let stored = stored(json!({"api_key": "hunter2", "accounts": {"x": "hunter3"}}));
        let settings = settings(stored, &[given("port", "1")]).unwrap();
        assert_eq!(settings.api_key.expose(), "hunter2");
        assert_eq!(settings.accounts["x"].expose(), "hunter3");
    }

    #[track_caller]
    fn assert_refused(member: &'static str, text: &str, expected: &str) {
        let error = settings(Map::new(), &[given(member, text)]).unwrap_err();
        assert_eq!(error.to_string(), expected, "{member}={text}");
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        assert_refused(
            "port",
            "abc",
            r#"cannot use --port=abc: expected a whole number from 0 to 65535, got "abc""#,
        );
        assert_refused(
            "port",
            "70000",
            "cannot use --port=70000: expected a whole number from 0 to 65535, got 70000",
        );
        assert_refused(
            "address",
            r#"{"port": "abc"}"#,
            r#"cannot use --address=…: near "port": expected a whole number from 0 to 65535, got "abc""#,
        );
        assert_refused(
            "address",
            r#"{"prot": 1}"#,
            "cannot use --address=…: unknown member `prot`, expected one of `host`, `port`, `password`",
        );
        assert_refused(
            "names",
            r#"["a", 5]"#,
            r#"cannot use --names=…: near "[1]": expected text"#,
        );
        assert_refused(
            "address",
            r#"{"port": 1"#,
            "cannot use --address=…: malformed JSON: EOF while parsing an object at line 1 column 10",
        );
    }

    #[test]
    fn what_is_stored_and_does_not_fit_is_named_with_its_place() {
        let error = |value| settings(stored(value), &[]).unwrap_err().to_string();
        let unknown = error(json!({"prot": 1}));
        assert!(
            unknown.starts_with("unknown member `prot`, expected one of `host`"),
            "{unknown}"
        );
        assert_eq!(
            error(json!({"address": {"port": true}})),
            r#"near "address.port": expected a whole number from 0 to 65535, got true"#
        );
    }

    #[test]
    fn a_value_is_plain_where_the_factory_settings_hold_one_that_is_no_secret() {
        let layers = Layers {
            factory: serde_json::to_value(Server::default()).unwrap(),
        };
        for plain in ["/host", "/port", "/verbose", "/address/port"] {
            assert!(layers.is_plain(plain), "{plain}");
        }
        for other in [
            "/api_key",
            "/other_keys",
            "/other_keys/0",
            "/accounts/x",
            "/address",
            "/address/password",
            "/backlog",
            "/unknown",
            "",
        ] {
            assert!(!layers.is_plain(other), "{other}");
        }
    }

    #[test]
    fn no_error_shows_what_may_be_a_secret() {
        let secret = "hunter2";
        let wrong = [
            ("other_keys", json!("hunter2")),
            ("other_keys", json!({"hunter2": 1})),
            ("other_keys", json!(["(secret)", "hunter2"])),
            ("accounts", json!("hunter2")),
            ("accounts", json!(["hunter2"])),
            ("accounts", json!({"x": {"hunter2": 1}})),
            ("address", json!("hunter2")),
            ("address", json!({"prot": 1, "password": "hunter2"})),
            ("address", json!({"password": ["hunter2"]})),
            ("address", json!({"password": "hunter2", "port": "abc"})),
            ("peers", json!(["hunter2"])),
            ("peers", json!([{"password": "hunter2", "port": "hunter2"}])),
            ("backlog", json!("hunter2")),
        ];
        for (member, value) in wrong {
            let text = match &value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            let malformed = format!("{{{text}");
            for text in [text, malformed] {
                let error = settings(Map::new(), &[given(member, &text)]).unwrap_err();
                assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
            }
            let error = settings(stored(json!({member: value})), &[]).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
        let number = settings(Map::new(), &[given("other_keys", "4711")]).unwrap_err();
        assert!(!number.to_string().contains("4711"), "{number}");
        assert_refused(
            "accounts",
            "hunter2",
            r#"cannot use --accounts=…: expected an object, or a list of pairs [[key, value], …], got "…""#,
        );
    }

    #[test]
    fn what_was_shown_for_a_secret_does_not_replace_it() {
        let error = settings(stored(json!({"api_key": "(secret)"})), &[]).unwrap_err();
        let reason = "`(secret)` is what is shown in place of a secret: give the secret itself, \
                      or leave this member out";
        assert_eq!(error.to_string(), format!("near \"api_key\": {reason}"));
        assert_refused(
            "address",
            r#"{"password": "(secret)"}"#,
            &format!("cannot use --address=…: near \"password\": {reason}"),
        );
    }
}
