//! The binaries under test, built before the first of them is run.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// Every binary of the workspace by its name, fresh from the compiler.
static BINARIES: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(build);

/// The path of a binary of the workspace.
pub(crate) fn path(name: &str) -> Option<&'static Path> {
    BINARIES.get(name).map(PathBuf::as_path)
}

/// The folder that all binaries of the workspace are in.
pub(crate) fn folder() -> &'static Path {
    let first = BINARIES.values().next().and_then(|path| path.parent());
    first.expect("the workspace has binaries, and they are in a folder")
}

/// Where the test itself was built, and by which profile: the binaries are built likewise,
/// so that nothing is compiled twice.
struct Place {
    target: PathBuf,
    profile: String,
}

impl Place {
    /// The test is `<target>/<folder of the profile>/deps/<name>`.
    fn of_this_test() -> Self {
        let test = env::current_exe().expect("a process knows its executable");
        let profile = test.ancestors().nth(2).expect("tests are built in `deps`");
        let folder = profile.file_name().expect("a profile has a folder");
        Self {
            target: profile.parent().expect("it is in `target`").to_path_buf(),
            profile: match folder.to_string_lossy().as_ref() {
                "debug" => "dev".to_owned(),
                other => other.to_owned(),
            },
        }
    }
}

/// Has cargo bring the binaries up to date, and say where they are.
fn build() -> BTreeMap<String, PathBuf> {
    let place = Place::of_this_test();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .arg("--profile")
        .arg(place.profile)
        .arg("--target-dir")
        .arg(place.target)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the binaries do not compile");
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines().filter_map(executable).collect()
}

/// The name and path in one line of cargo's report, if the line is about a binary.
fn executable(line: &str) -> Option<(String, PathBuf)> {
    let report: Value = serde_json::from_str(line).ok()?;
    let path = report["executable"].as_str()?;
    let name = report["target"]["name"].as_str()?;
    Some((name.to_owned(), path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_cargo_names_binaries_and_other_things() {
        let binary = r#"{"reason":"compiler-artifact","target":{"name":"ansar"},"executable":"/t/debug/ansar"}"#;
        assert_eq!(
            executable(binary),
            Some(("ansar".to_owned(), "/t/debug/ansar".into()))
        );
        let library = r#"{"reason":"compiler-artifact","target":{"name":"x"},"executable":null}"#;
        assert_eq!(executable(library), None);
        assert_eq!(executable("warning: not JSON"), None);
    }
}
