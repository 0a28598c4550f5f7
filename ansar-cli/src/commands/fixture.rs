//! What tests of commands have in common.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ansar_home_layout::{Home, Role, RoleName, STORAGE_DEFAULT};
use tempfile::TempDir;

use crate::cli::GlobalOptions;
use crate::error::CommandError;
use crate::output::Output;

/// A home in a folder that goes away.
pub(super) struct Fixture {
    pub(super) folder: TempDir,
    pub(super) home: Home,
}

impl Fixture {
    /// A home with roles of the executable `crunch_server`, which is not deployed.
    pub(super) fn with_roles(names: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        let description = Role {
            executable: "crunch_server".to_owned(),
            arguments: Vec::new(),
            storage: STORAGE_DEFAULT,
            created: "2026-01-01T00:00:00Z".to_owned(),
        };
        for name in names {
            home.add_role(&role(name), &description).unwrap();
        }
        Self { folder, home }
    }

    pub(super) fn global(&self) -> GlobalOptions {
        GlobalOptions {
            home_path: Some(self.home.path().to_path_buf()),
            force: false,
        }
    }

    /// What a command that succeeds prints: data and words.
    pub(super) fn printed(
        &self,
        run: impl FnOnce(&GlobalOptions, &mut Output<'_>) -> Result<(), CommandError>,
    ) -> (String, String) {
        let (mut data, mut words) = (Vec::new(), Vec::new());
        run(&self.global(), &mut Output::to(&mut data, &mut words)).unwrap();
        (
            String::from_utf8(data).unwrap(),
            String::from_utf8(words).unwrap(),
        )
    }

    /// Writes a file below the fixture's folder, its parents included.
    pub(super) fn file(&self, name: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

pub(super) fn role(text: &str) -> RoleName {
    RoleName::parse(text).unwrap()
}

/// The names in a folder, sorted.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}
