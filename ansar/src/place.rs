//! Who this process is: a program on its own, or a role in a home.

use std::env;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use ansar_home_layout::{Home, RoleName, STORAGE_DEFAULT, ToolHome, document, environment};

use crate::encoding::EncodeError;
use crate::file_watch::FileWatch;
use crate::settings::{
    Action, Configuration, Environment, LayerError, NotText, Options, Settings, StoredMembers,
    exposed,
};

/// A program and where it belongs.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: String,
    kind: Kind,
    environment: Environment,
}

#[derive(Debug)]
enum Kind {
    Alone { tool_home: ToolHome },
    Role { home: Home, role: RoleName },
}

/// A program that cannot find or use its place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("cannot run as role {name:?}")]
    Name {
        name: String,
        source: ansar_home_layout::NameError,
    },
    #[error("cannot use the home")]
    Home(#[from] ansar_home_layout::Error),
    #[error("cannot tell the working folder")]
    WorkingFolder(#[source] std::io::Error),
    #[error("cannot write the settings")]
    Unwritable(#[from] EncodeError),
    #[error("cannot make the folder {path:?}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot watch the settings in {path:?}")]
    Watch {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot read settings from {path:?}: no such file")]
    NoSettings { path: PathBuf },
    #[error("cannot use the settings in {path:?}: {reason}")]
    Settings { path: PathBuf, reason: String },
    #[error(transparent)]
    Given(LayerError),
    #[error(transparent)]
    Variable(#[from] NotText),
}

impl Place {
    /// Finds out from the command line's first word and the environment.
    pub(crate) fn of_this_process(arguments: Option<&OsStr>) -> Result<Self, PlaceError> {
        let name = name(arguments);
        Ok(Self {
            environment: Environment::of(&name, env::vars_os()),
            kind: kind()?,
            name,
        })
    }

    /// Where the settings are kept.
    pub(crate) fn settings_file(&self) -> PathBuf {
        match &self.kind {
            Kind::Alone { tool_home } => tool_home.settings(&self.name),
            Kind::Role { home, role } => home.settings(role),
        }
    }

    /// Where everything is recorded, and how many bytes it may take; a program
    /// that runs alone keeps no records.
    pub(crate) fn store(&self) -> Result<Option<(PathBuf, u64)>, PlaceError> {
        match &self.kind {
            Kind::Alone { .. } => Ok(None),
            Kind::Role { home, role } => {
                let storage = home
                    .role(role)?
                    .map_or(STORAGE_DEFAULT, |role| role.storage);
                Ok(Some((home.logs(role), storage)))
            }
        }
    }

    /// The layers over each other: the factory settings, what is stored of them, what the
    /// environment gives, and what the command line gives. A file that was asked for by name
    /// must be there.
    pub(crate) fn configuration<S: Settings>(
        &self,
        factory: &Configuration<S>,
        options: &Options,
    ) -> Result<Configuration<S>, PlaceError> {
        let path = self.settings_file_in_use(options);
        let stored: Option<StoredMembers> = document::read(&path)?;
        if stored.is_none() && options.settings_file.is_some() {
            return Err(PlaceError::NoSettings { path });
        }
        let mut given = match options.action {
            // The environment holds for the processes that have it, and is not made permanent.
            Action::StoreSettings => Vec::new(),
            _ => self.environment.given::<S>()?,
        };
        given.extend_from_slice(&options.given);
        factory.with(stored, &given).map_err(|error| match error {
            LayerError::Stored(reason) => PlaceError::Settings { path, reason },
            LayerError::Given { .. } | LayerError::Together(_) => PlaceError::Given(error),
        })
    }

    /// Watches the file that the stored layer is read from. Call [`Self::changed_configuration`]
    /// once when it is open, so that no change falls between the first reading and this.
    pub(crate) fn watch_settings(&self, options: &Options) -> Result<FileWatch, PlaceError> {
        let path = self.settings_file_in_use(options);
        FileWatch::open(&path).map_err(|source| PlaceError::Watch { path, source })
    }

    /// Reads the layers again when the file may have changed. None when that makes no difference:
    /// the document is only written differently, or later layers have the last word. An error
    /// is a reason to keep what is current.
    pub(crate) fn changed_configuration<S: Settings>(
        &self,
        factory: &Configuration<S>,
        options: &Options,
        current: &Configuration<S>,
    ) -> Result<Option<Configuration<S>>, PlaceError> {
        let configuration = self.configuration(factory, options)?;
        Ok((!configuration.is_same_as(current)).then_some(configuration))
    }

    /// The file that the stored layer is read from.
    fn settings_file_in_use(&self, options: &Options) -> PathBuf {
        options
            .settings_file
            .clone()
            .unwrap_or_else(|| self.settings_file())
    }

    /// The variables that begin with the program's name, and name none of its members.
    pub(crate) fn stray_variables<S: Settings>(&self) -> impl Iterator<Item = &str> {
        self.environment.strays::<S>()
    }

    /// Makes settings permanent.
    pub(crate) fn store_settings<S: Settings>(
        &self,
        factory: &Configuration<S>,
        configuration: &Configuration<S>,
    ) -> Result<(), PlaceError> {
        if let Kind::Alone { tool_home } = &self.kind {
            let folder = tool_home.settings_folder();
            let made = DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder);
            made.map_err(|source| PlaceError::Folder {
                path: folder,
                source,
            })?;
        }
        // Nobody but the owner reads the file.
        let document = exposed(|| configuration.document(factory))?;
        Ok(document::replace(&self.settings_file(), &document)?)
    }

    /// Puts the factory settings where people will look for settings to change,
    /// unless there are some already.
    pub(crate) fn store_first_settings<S: Settings>(
        &self,
        factory: &Configuration<S>,
    ) -> Result<(), PlaceError> {
        if self.settings_file().exists() {
            Ok(())
        } else {
            self.store_settings(factory, factory)
        }
    }
}

/// The file name of the executable, as it was called.
fn name(argument: Option<&OsStr>) -> String {
    let name = argument.map(Path::new).and_then(Path::file_name);
    name.map_or_else(
        || "ansar".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn kind() -> Result<Kind, PlaceError> {
    let (Some(home), Some(role)) = (
        env::var_os(environment::HOME),
        env::var_os(environment::ROLE),
    ) else {
        let folder = env::current_dir().map_err(PlaceError::WorkingFolder)?;
        let (tool, home) = (env::var_os(environment::TOOL), env::var_os("HOME"));
        let tool_home = ToolHome::locate(tool.as_deref(), home.as_deref(), &folder);
        return Ok(Kind::Alone { tool_home });
    };
    let name = role.to_string_lossy().into_owned();
    let role = RoleName::parse(&name).map_err(|source| PlaceError::Name { name, source })?;
    Ok(Kind::Role {
        home: Home::open(Path::new(&home))?,
        role,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;
    use crate as ansar;
    use crate::http::HttpSettings;
    use crate::settings::{Given, Secret, Section};

    #[ansar::settings]
    struct Server {
        #[default("127.0.0.1")]
        host: String,
        #[default(5051)]
        port: u16,
        api_key: Secret,
    }

    struct Fixture {
        _folder: TempDir,
        place: Place,
        factory: Configuration<Server>,
    }

    impl Fixture {
        fn new(variables: &[(&str, &str)]) -> Self {
            let folder = TempDir::new().unwrap();
            let variables = variables
                .iter()
                .map(|(name, value)| (name.into(), value.into()));
            let place = Place {
                name: "server".to_owned(),
                kind: Kind::Alone {
                    tool_home: ToolHome::locate(None, None, folder.path()),
                },
                environment: Environment::of("server", variables),
            };
            Self {
                _folder: folder,
                place,
                factory: Configuration::factory(Server::default(), HttpSettings::default()),
            }
        }

        fn store(&self, text: &str) {
            let path = self.place.settings_file();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn configuration(&self, options: &Options) -> Result<Configuration<Server>, PlaceError> {
            self.place.configuration(&self.factory, options)
        }
    }

    fn options(action: Action, given: &[(&'static str, &str)]) -> Options {
        let given = given.iter().map(|(member, text)| Given {
            section: Section::Program,
            member,
            name: format!("--{member}"),
            text: Secret::from(*text),
        });
        Options {
            action,
            debug_level: None,
            settings_file: None,
            given: given.collect(),
        }
    }

    #[test]
    fn a_program_is_called_by_its_file_name() {
        assert_eq!(
            name(Some(OsStr::new("dist/crunch_server"))),
            "crunch_server"
        );
        assert_eq!(name(None), "ansar");
    }

    #[test]
    fn what_comes_later_counts() {
        let fixture = Fixture::new(&[("SERVER_PORT", "7000"), ("SERVER_API_KEY", "environment")]);
        fixture.store(r#"{"value": {"host": "::1", "port": 6000, "api_key": "stored"}}"#);
        let layers = fixture.configuration(&options(Action::Run, &[("port", "8000")]));
        let settings = layers.unwrap().settings;
        assert_eq!((settings.host.as_str(), settings.port), ("::1", 8000));
        assert_eq!(settings.api_key.expose(), "environment");
    }

    #[test]
    fn what_the_environment_gives_is_not_stored() {
        let fixture = Fixture::new(&[("SERVER_PORT", "wrong"), ("SERVER_API_KEY", "environment")]);
        let given = options(Action::StoreSettings, &[("host", "::1")]);
        let settings = fixture.configuration(&given).unwrap().settings;
        assert_eq!((settings.host.as_str(), settings.port), ("::1", 5051));
        assert_eq!(settings.api_key.expose(), "");
    }

    #[test]
    fn a_variable_that_does_not_fit_is_named() {
        let fixture = Fixture::new(&[("SERVER_PORT", "abc")]);
        let error = fixture
            .configuration(&options(Action::Run, &[]))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot use SERVER_PORT=abc: "),
            "{error}"
        );
        assert!(matches!(error, PlaceError::Given(_)));
    }

    #[test]
    fn stored_secrets_are_read_back_and_nobody_else_reads_them() {
        let fixture = Fixture::new(&[]);
        let given = options(Action::StoreSettings, &[("api_key", "hunter2")]);
        let configuration = fixture.configuration(&given).unwrap();
        fixture
            .place
            .store_settings(&fixture.factory, &configuration)
            .unwrap();
        let path = fixture.place.settings_file();
        assert!(fs::read_to_string(&path).unwrap().contains("hunter2"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let again = fixture.configuration(&options(Action::Run, &[])).unwrap();
        assert_eq!(again.settings.api_key.expose(), "hunter2");
    }

    #[tokio::test]
    async fn a_file_that_was_changed_is_told_and_read_again() {
        let fixture = Fixture::new(&[("SERVER_HOST", "::1")]);
        fixture.store(r#"{"value": {"port": 6000}}"#);
        let run = options(Action::Run, &[]);
        let mut watch = fixture.place.watch_settings(&run).unwrap();
        let current = fixture.configuration(&run).unwrap();
        let again = || {
            fixture
                .place
                .changed_configuration(&fixture.factory, &run, &current)
        };

        fixture.store(r#"{"value": {"port": 7000}}"#);
        watch.changed().await.unwrap();
        assert_eq!(again().unwrap().unwrap().settings.port, 7000);

        fixture.store(r#"{"value": {"port": 6000, "host": "under the environment"}}"#);
        watch.changed().await.unwrap();
        assert!(again().unwrap().is_none());

        fixture.store(r#"{"value": {"port": "many"}}"#);
        watch.changed().await.unwrap();
        let reason = again().unwrap_err().to_string();
        assert!(
            reason.contains("server.json") && reason.contains("near \"port\""),
            "{reason}"
        );
    }
}
