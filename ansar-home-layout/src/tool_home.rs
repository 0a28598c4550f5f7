//! Where programs that are no roles keep their settings.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Name of the folder.
const NAME: &str = ".ansar-tool";

/// The folder of stand-alone programs: `.ansar-tool` in `$ANSAR_TOOL`, else in `$HOME`, else
/// in the working folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolHome {
    path: PathBuf,
}

impl ToolHome {
    /// Finds the place by the values of the two variables, as the environment has them, and
    /// the working folder. An empty variable is none.
    pub fn locate(tool: Option<&OsStr>, home: Option<&OsStr>, working_folder: &Path) -> Self {
        let folder = [tool, home]
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty())
            .map_or(working_folder, Path::new);
        Self {
            // A relative variable means the same wherever the program goes later.
            path: working_folder.join(folder).join(NAME),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Folder of the settings of all programs.
    pub fn settings_folder(&self) -> PathBuf {
        self.path.join("settings")
    }

    /// The settings of a program, `settings/<program>.json`.
    pub fn settings(&self, program: &str) -> PathBuf {
        self.settings_folder().join(format!("{program}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(tool: Option<&str>, home: Option<&str>) -> PathBuf {
        let tool = ToolHome::locate(tool.map(OsStr::new), home.map(OsStr::new), "/here".as_ref());
        tool.settings("crunch_server")
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let rest = ".ansar-tool/settings/crunch_server.json";
        for (tool, home, folder) in [
            (Some("/tool"), Some("/home/x"), "/tool"),
            (None, Some("/home/x"), "/home/x"),
            (Some(""), Some("/home/x"), "/home/x"),
            (None, None, "/here"),
            (Some("tool"), None, "/here/tool"),
        ] {
            assert_eq!(located(tool, home), Path::new(folder).join(rest));
        }
    }
}
