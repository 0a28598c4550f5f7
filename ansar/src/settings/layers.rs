//! One value of the settings out of three: what comes later counts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Settings;
use crate::encoding;

/// Settings as they are stored and shown: `{"value": {"host": …}}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored<T> {
    #[serde(serialize_with = "encoding::as_tree")]
    #[serde(bound(serialize = "T: Serialize"))]
    pub(crate) value: T,
}

/// A value that does not fit the settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LayerError {
    /// What is stored does not fit.
    #[error("{0}")]
    Stored(String),
    /// What the command line gives does not fit.
    #[error("cannot use --{option}={text}: {reason}")]
    Option {
        option: String,
        text: String,
        reason: String,
    },
}

/// Puts the layers over each other. A member that a layer does not name keeps its value.
pub(crate) fn layered<S: Settings>(
    factory: &S,
    stored: Option<Map<String, Value>>,
    given: &[(String, String)],
) -> Result<S, LayerError> {
    let stored = with_stored(factory, stored.unwrap_or_default())?;
    given.iter().try_fold(stored, |settings, (member, text)| {
        with_option(&settings, member, text)
    })
}

fn with_stored<S: Settings>(factory: &S, stored: Map<String, Value>) -> Result<S, LayerError> {
    if stored.is_empty() {
        return Ok(factory.clone());
    }
    let mut members = members_of(factory);
    members.extend(stored);
    parse(members).map_err(LayerError::Stored)
}

/// Text is tried as it stands before it is tried as JSON, so that a text member
/// is never mistaken for something else.
fn with_option<S: Settings>(settings: &S, member: &str, text: &str) -> Result<S, LayerError> {
    let with = |value: Value| {
        let mut members = members_of(settings);
        members.insert(member.to_owned(), value);
        parse(members)
    };
    let as_text = match with(Value::String(text.to_owned())) {
        Ok(settings) => return Ok(settings),
        Err(reason) => reason,
    };
    let parsed = serde_json::from_str(text)
        .map_err(|_| as_text)
        .and_then(with);
    let itself = format!("near \"{member}\": ");
    parsed.map_err(|reason| LayerError::Option {
        option: member.replace('_', "-"),
        text: text.to_owned(),
        // The option has been named already; what is inside of it has not.
        reason: reason.strip_prefix(&itself).unwrap_or(&reason).to_owned(),
    })
}

fn members_of<S: Settings>(settings: &S) -> Map<String, Value> {
    match encoding::value_of(settings) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn parse<S: Settings>(members: Map<String, Value>) -> Result<S, String> {
    encoding::read(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate as ansar;
    use crate::types::TimeSpan;

    #[ansar::settings]
    struct Server {
        #[default("127.0.0.1")]
        host: String,
        #[default(5051)]
        port: u16,
        verbose: bool,
        names: Vec<String>,
    }

    fn stored(value: Value) -> Option<Map<String, Value>> {
        serde_json::from_value(value).unwrap()
    }

    fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn the_command_line_is_over_what_is_stored_and_that_over_the_factory() {
        let factory = Server::default();
        let only_factory = layered(&factory, None, &[]).unwrap();
        assert_eq!(
            (only_factory.host.as_str(), only_factory.port),
            ("127.0.0.1", 5051)
        );
        let stored = stored(json!({"host": "::1", "port": 6000}));
        let all = layered(&factory, stored, &given(&[("port", "7000")])).unwrap();
        assert_eq!((all.host.as_str(), all.port), ("::1", 7000));
    }

    #[test]
    fn text_becomes_what_the_member_is() {
        let given = given(&[
            ("host", "5"),
            ("verbose", "true"),
            ("names", r#"["a", "b"]"#),
        ]);
        let settings: Server = layered(&Server::default(), None, &given).unwrap();
        assert_eq!((settings.host.as_str(), settings.verbose), ("5", true));
        assert_eq!(settings.names, ["a", "b"]);
    }

    #[test]
    fn members_of_every_type_are_given_as_text_or_as_json() {
        #[ansar::settings]
        struct Everything {
            patience: TimeSpan,
            prices: BTreeMap<(u8, u8), f64>,
        }
        let given = given(&[("patience", "1m"), ("prices", "[[[1,2],0.5]]")]);
        let settings: Everything = layered(&Everything::default(), None, &given).unwrap();
        assert_eq!(settings.patience.to_string(), "1m");
        assert_eq!(settings.prices, BTreeMap::from([((1, 2), 0.5)]));
        let text = serde_json::to_string(&Stored { value: settings }).unwrap();
        let expected = r#"{"value":{"patience":"1m","prices":[[[1,2],0.5]]}}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let error = |pairs| {
            layered(&Server::default(), None, &given(pairs))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error(&[("port", "abc")]),
            r#"cannot use --port=abc: expected a whole number from 0 to 65535, got "abc""#
        );
        assert_eq!(
            error(&[("port", "70000")]),
            "cannot use --port=70000: expected a whole number from 0 to 65535, got 70000"
        );
        let error = layered(&Server::default(), stored(json!({"prot": 1})), &[]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("unknown member `prot`, expected one of `host`"),
            "{error}"
        );
    }
}
