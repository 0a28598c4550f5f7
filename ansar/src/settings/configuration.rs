//! All that can be configured of a program, and the document that it is stored as.

use serde::{Deserialize, Serialize};
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value};

use super::layers::{LayerError, layered, members_of};
use super::{Given, Section, Settings};
use crate::encoding::{EncodeError, Tree};
use crate::http::HttpSettings;

/// The settings of a program: its author's, and those that every program has.
#[derive(Debug, Clone)]
pub(crate) struct Configuration<S> {
    pub(crate) settings: S,
    pub(crate) http: HttpSettings,
}

/// Settings as they are stored and shown: `{"value": {"host": …}, "http": {…}}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored<T> {
    /// The author's. Those that are not there are the factory's.
    #[serde(default)]
    value: T,
    /// What differs from the factory values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    http: Map<String, Value>,
}

/// What a settings file has in it.
pub(crate) type StoredMembers = Stored<Map<String, Value>>;

impl<S: Settings> Configuration<S> {
    /// The factory settings, both of which the author has chosen.
    pub(crate) fn factory(settings: S, http: HttpSettings) -> Self {
        Self { settings, http }
    }

    /// Puts what is stored over this, and what is given over that.
    pub(crate) fn with(
        &self,
        stored: Option<StoredMembers>,
        given: &[Given],
    ) -> Result<Self, LayerError> {
        let (value, http) = stored
            .map(|stored| (stored.value, stored.http))
            .unwrap_or_default();
        let of = |section| given.iter().filter(move |given| given.section == section);
        let http = layered(&self.http, http, of(Section::Http)).map_err(|error| match error {
            LayerError::Stored(reason) => LayerError::Stored(format!("in \"http\": {reason}")),
            error => error,
        })?;
        http.check().map_err(LayerError::Together)?;
        Ok(Self {
            settings: layered(&self.settings, value, of(Section::Program))?,
            http,
        })
    }

    /// Whether all values are the same.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.http == other.http && members_of(&self.settings) == members_of(&other.settings)
    }

    /// The document to store, or to show. Secrets are in it only when it is made within
    /// [`exposed`](super::exposed).
    pub(crate) fn document(&self, factory: &Self) -> Result<Stored<Tree>, EncodeError> {
        let mut http = members_of(&self.http);
        let factory = members_of(&factory.http);
        http.retain(|member, value| factory.get(member) != Some(value));
        Ok(Stored {
            value: Tree::of(&self.settings)?,
            http,
        })
    }

    /// The document as people read it, without secrets.
    pub(crate) fn dump(&self, factory: &Self) -> Result<String, EncodeError> {
        let mut text = Vec::new();
        let formatter = PrettyFormatter::with_indent(b"    ");
        self.document(factory)?
            .serialize(&mut serde_json::Serializer::with_formatter(
                &mut text, formatter,
            ))
            .expect("a tree is JSON");
        Ok(String::from_utf8(text).expect("JSON is text"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::{Secret, exposed};
    use super::*;
    use crate as ansar;

    #[ansar::settings]
    struct Server {
        #[default(5051)]
        port: u16,
        keys: Vec<Secret>,
    }

    #[ansar::settings]
    struct Grid {
        weights: BTreeMap<(u8, u8), f64>,
    }

    fn factory() -> Configuration<Server> {
        Configuration::factory(Server::default(), HttpSettings::default())
    }

    fn stored(document: Value) -> StoredMembers {
        serde_json::from_value(document).unwrap()
    }

    fn given(section: Section, member: &'static str, text: &str) -> Given {
        Given {
            section,
            member,
            name: format!("--{member}"),
            text: text.into(),
        }
    }

    #[test]
    fn members_go_where_they_belong() {
        let given = [
            given(Section::Http, "threads", "2"),
            given(Section::Program, "port", "7000"),
        ];
        let document = json!({"value": {"port": 6000}, "http": {"body_limit": "2MB"}});
        let configuration = factory().with(Some(stored(document)), &given).unwrap();
        assert_eq!(configuration.settings.port, 7000);
        assert_eq!(configuration.http.threads, 2);
        assert_eq!(configuration.http.body_limit.bytes(), 2_000_000);
    }

    #[test]
    fn what_json_has_no_keys_for_is_stored_and_read_back() {
        let factory = Configuration::factory(Grid::default(), HttpSettings::default());
        let weights = given(Section::Program, "weights", "[[[1, 2], 0.5]]");
        let grid = factory.with(None, &[weights]).unwrap();
        let shown = serde_json::to_value(grid.document(&factory).unwrap()).unwrap();
        assert_eq!(shown, json!({"value": {"weights": [[[1, 2], 0.5]]}}));
        assert!(grid.is_same_as(&factory.with(Some(stored(shown)), &[]).unwrap()));
    }

    #[test]
    fn a_document_may_have_one_part_only() {
        let http = json!({"http": {"threads": 2}});
        let configuration = factory().with(Some(stored(http)), &[]).unwrap();
        assert_eq!(
            (configuration.settings.port, configuration.http.threads),
            (5051, 2)
        );
        assert!(serde_json::from_value::<StoredMembers>(json!({"port": 1})).is_err());
    }

    #[test]
    fn only_what_differs_from_the_factory_of_http_is_stored() {
        let factory = factory();
        let shown = |configuration: &Configuration<Server>| {
            serde_json::to_value(configuration.document(&factory).unwrap()).unwrap()
        };
        assert_eq!(
            shown(&factory),
            json!({"value": {"port": 5051, "keys": []}})
        );
        let changed = factory
            .with(None, &[given(Section::Http, "drain_time_limit", "2m 5s")])
            .unwrap();
        assert_eq!(
            shown(&changed),
            json!({"value": {"port": 5051, "keys": []}, "http": {"drain_time_limit": "2m5s"}})
        );
        assert!(changed.is_same_as(&factory.with(Some(stored(shown(&changed))), &[]).unwrap()));
        assert!(!changed.is_same_as(&factory));
    }

    #[test]
    fn secrets_are_stored_and_not_shown() {
        let factory = factory();
        let secrets = factory
            .with(None, &[given(Section::Program, "keys", r#"["hunter2"]"#)])
            .unwrap();
        let dump = secrets.dump(&factory).unwrap();
        assert!(
            dump.contains("(secret)") && !dump.contains("hunter2"),
            "{dump}"
        );
        let document =
            exposed(|| serde_json::to_value(secrets.document(&factory).unwrap()).unwrap());
        assert_eq!(
            document,
            json!({"value": {"port": 5051, "keys": ["hunter2"]}})
        );
        let other = factory
            .with(None, &[given(Section::Program, "keys", r#"["hunter3"]"#)])
            .unwrap();
        assert!(!secrets.is_same_as(&other));
    }

    #[test]
    fn what_is_wrong_with_http_says_that_it_is_about_http() {
        let error = |document| {
            factory()
                .with(Some(stored(document)), &[])
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error(json!({"value": {}, "http": {"threads": 65}})),
            "in \"http\": near \"threads\": expected 1 to 64, got 65"
        );
        let unknown = error(json!({"value": {}, "http": {"thread": 2}}));
        assert!(
            unknown.starts_with("in \"http\": unknown member `thread`"),
            "{unknown}"
        );
        assert_eq!(
            error(json!({"value": {}, "http": {"tls_key": "key.pem"}})),
            "cannot serve HTTPS with --http-tls-key alone: give --http-tls-certificate too"
        );
    }
}
