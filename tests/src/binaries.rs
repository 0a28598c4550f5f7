//! The executables under test, built from the tree that is tested.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// Built once for all tests, so that none of them meets a stale one.
static BINARIES: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(build);

/// The path of an executable of the workspace.
pub fn binary(name: &str) -> &'static Path {
    BINARIES
        .get(name)
        .unwrap_or_else(|| panic!("no binary is called {name}"))
}

fn build() -> HashMap<String, PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--bins", "--message-format=json"])
        .args([
            "--package=ansar-cli",
            "--package=crunch-server",
            "--package=ansar-tests",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo build: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter_map(|message| {
            let path = PathBuf::from(message["executable"].as_str()?);
            Some((message["target"]["name"].as_str()?.to_owned(), path))
        })
        .collect()
}
