//! Who this process is: a program on its own, or a role in a home.

use std::env;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use ansar_home_layout::{Home, RoleName, STORAGE_DEFAULT, ToolHome, document, environment};

use crate::settings::{
    Action, Configuration, Environment, LayerError, NotText, Options, Settings, StoredMembers,
    exposed,
};

/// A program and its place.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    place: Place,
    environment: Environment,
}

#[derive(Debug)]
enum Place {
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
    #[error("cannot make the folder {path:?}")]
    Folder {
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

impl Program {
    /// Finds out from the command line's first word and the environment.
    pub(crate) fn of_this_process(arguments: Option<&OsStr>) -> Result<Self, PlaceError> {
        let name = name(arguments);
        Ok(Self {
            environment: Environment::of(&name, env::vars_os()),
            place: place()?,
            name,
        })
    }

    /// Where the settings are kept.
    pub(crate) fn settings_file(&self) -> PathBuf {
        match &self.place {
            Place::Alone { tool_home } => tool_home.settings(&self.name),
            Place::Role { home, role } => home.settings(role),
        }
    }

    /// Where everything is recorded, and how many bytes it may take; a program
    /// that runs alone keeps no records.
    pub(crate) fn store(&self) -> Result<Option<(PathBuf, u64)>, PlaceError> {
        match &self.place {
            Place::Alone { .. } => Ok(None),
            Place::Role { home, role } => {
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
        if let Place::Alone { tool_home } = &self.place {
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
        let document = configuration.document(factory);
        // Nobody but the owner reads the file.
        Ok(exposed(|| {
            document::replace(&self.settings_file(), &document)
        })?)
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

fn place() -> Result<Place, PlaceError> {
    let (Some(home), Some(role)) = (
        env::var_os(environment::HOME),
        env::var_os(environment::ROLE),
    ) else {
        let folder = env::current_dir().map_err(PlaceError::WorkingFolder)?;
        let (tool, home) = (env::var_os(environment::TOOL), env::var_os("HOME"));
        let tool_home = ToolHome::locate(tool.as_deref(), home.as_deref(), &folder);
        return Ok(Place::Alone { tool_home });
    };
    let name = role.to_string_lossy().into_owned();
    let role = RoleName::parse(&name).map_err(|source| PlaceError::Name { name, source })?;
    Ok(Place::Role {
        home: Home::open(Path::new(&home))?,
        role,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_called_by_its_file_name() {
        assert_eq!(
            name(Some(OsStr::new("dist/crunch_server"))),
            "crunch_server"
        );
        assert_eq!(name(None), "ansar");
    }
}
