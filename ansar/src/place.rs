//! Who this process is: a program on its own, or a role in a home.

use std::env;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use ansar_home_layout::{Home, RoleName, STORAGE_DEFAULT, ToolHome, document, environment};
use serde_json::{Map, Value};

use crate::settings::{self, LayerError, Settings, Stored};

/// A program and where it belongs.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: String,
    kind: Kind,
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
    #[error("cannot make the folder {path:?}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot read settings from {path:?}: no such file")]
    NoSettings { path: PathBuf },
    #[error("cannot use the settings in {path:?}: {reason}")]
    Settings { path: PathBuf, reason: String },
    #[error("{0}")]
    Option(String),
}

impl Place {
    /// Finds out from the command line's first word and the environment.
    pub(crate) fn of_this_process(arguments: Option<&OsStr>) -> Result<Self, PlaceError> {
        Ok(Self {
            name: name(arguments),
            kind: kind()?,
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

    /// The factory settings, what is stored of them, and what the command line gives, in
    /// this order. A file that was asked for by name must be there.
    pub(crate) fn settings<S: Settings>(
        &self,
        factory: &S,
        asked_for: Option<&Path>,
        given: &[(String, String)],
    ) -> Result<S, PlaceError> {
        let path = asked_for.map_or_else(|| self.settings_file(), Path::to_path_buf);
        let stored: Option<Stored<Map<String, Value>>> = document::read(&path)?;
        if stored.is_none() && asked_for.is_some() {
            return Err(PlaceError::NoSettings { path });
        }
        settings::layered(factory, stored.map(|stored| stored.value), given).map_err(|error| {
            match error {
                LayerError::Stored(reason) => PlaceError::Settings { path, reason },
                LayerError::Option { .. } => PlaceError::Option(error.to_string()),
            }
        })
    }

    /// Makes settings permanent.
    pub(crate) fn store_settings<S: Settings>(&self, settings: &S) -> Result<(), PlaceError> {
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
        Ok(document::replace(
            &self.settings_file(),
            &Stored { value: settings },
        )?)
    }

    /// Puts the factory settings where people will look for settings to change,
    /// unless there are some already.
    pub(crate) fn store_first_settings<S: Settings>(&self, factory: &S) -> Result<(), PlaceError> {
        if self.settings_file().exists() {
            Ok(())
        } else {
            self.store_settings(factory)
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
