//! The `ansar` executable itself: what only a process can show.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ansar_home_layout::mark::NOTE;
use ansar_home_layout::{Home, Lock, RoleName};
use ansar_log::{Record, Stamp, Tag, Writer};
use tempfile::TempDir;

/// Marks this test program as built on the framework, which it is not: it refuses every
/// setting.
#[used]
#[expect(unsafe_code, reason = "a section can only be named so")]
// SAFETY: the section is a note of our own name, aligned and laid out as notes are, and
// nothing else is placed in it.
#[unsafe(link_section = ".note.ansar")]
static MARK: Aligned = Aligned(NOTE);

#[repr(C, align(4))]
struct Aligned([u8; 24]);

/// A folder to work in, which goes away.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn with_home() -> Self {
        let place = Self::new();
        assert_eq!(place.run(&["create"]), (0, String::new(), String::new()));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn home(&self) -> Home {
        Home::open(&self.path(".ansar-home")).unwrap()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ansar"));
        command
            .args(words)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null());
        command
    }

    /// Exit status, standard output and standard error.
    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(words).output().unwrap();
        // The folder differs from test to test, the words do not.
        let folder = self.folder.path().canonicalize().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        (
            status.code().unwrap(),
            String::from_utf8(stdout).unwrap(),
            stderr.replace(folder.to_str().unwrap(), "FOLDER"),
        )
    }

    fn script(&self, name: &str, script: &str) {
        fs::create_dir_all(self.path("dist")).unwrap();
        let path = self.path("dist").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn nothing() -> (i32, String, String) {
    (0, String::new(), String::new())
}

fn failed(status: i32, stderr: &str) -> (i32, String, String) {
    (status, String::new(), stderr.to_owned())
}

/// Everything below a folder.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn options_stand_before_or_after_and_dashes_are_underscores() {
    let place = Place::new();
    assert_eq!(place.run(&["create", "--home-path=h"]), nothing());
    place.script("server", "#!/bin/sh\n");
    assert_eq!(
        place.run(&["--home_path", "h", "deploy", "dist"]),
        (0, "deployed server\n".to_owned(), String::new())
    );
    let add = ["add", "server", "--role_name=x", "--home_path=h"];
    assert_eq!(place.run(&add), nothing());
    for words in [
        &["--home-path=h", "list"][..],
        &["list", "--home-path=h"],
        &["list", "--home_path", "h", "x"],
    ] {
        assert_eq!(place.run(words), (0, "x\n".to_owned(), String::new()));
    }
    let long = "x                        server (1/0/0)\n\
                totals                   (1/0/0)\n";
    for option in ["-l", "--long-listing", "--long_listing"] {
        let listed = place.run(&["--home-path=h", "list", option]);
        assert_eq!(listed, (0, long.to_owned(), String::new()));
    }
    assert_eq!(place.run(&["--force", "destroy", "h"]), nothing());
    assert!(!place.path("h").exists());
}

#[test]
fn what_makes_no_sense_exits_with_2() {
    let place = Place::with_home();
    for words in [
        &[][..],
        &["bogus"],
        &["list", "--bogus"],
        &["--bogus", "list"],
        &["log"],
        &["log", "x", "--count=y"],
        &["add", "cat", "a/b"],
        &["add", "cat", ""],
        &["add", "cat", ".."],
        &["add", "cat", "--role-name=-x"],
        &["start", "--group-name=a.b"],
        &["log", "a/b"],
        &["status", "-l", "--wide"],
        &["deploy"],
    ] {
        let (status, stdout, stderr) = place.run(words);
        assert_eq!((status, stdout.as_str()), (2, ""), "{words:?}");
        let mut lines = stderr.lines();
        assert!(lines.next().unwrap().starts_with("ansar: "), "{stderr}");
        assert!(lines.all(|line| line.starts_with("hint: ")), "{stderr}");
    }
}

#[test]
fn help_and_version_are_data() {
    let place = Place::new();
    let (status, help, stderr) = place.run(&["add", "--help"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert!(help.contains("Example:\n  ansar add "), "{help}");
    let version = format!("ansar {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(place.run(&["--version"]), (0, version, String::new()));
}

#[test]
fn without_a_home_every_command_says_so() {
    let place = Place::new();
    for words in [
        &["list"][..],
        &["status"],
        &["start"],
        &["stop"],
        &["destroy"],
        &["log", "x"],
        &["add", "cat"],
        &["deploy", "."],
    ] {
        assert_eq!(
            place.run(words),
            failed(
                1,
                "ansar: cannot open home \".ansar-home\": it does not exist\n\
                 hint: \"ansar create\" makes a home, --home-path names one\n"
            ),
            "{words:?}"
        );
    }
}

#[test]
fn a_home_is_created_once_and_private() {
    let place = Place::with_home();
    let mode = place.path(".ansar-home").metadata().unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o700);
    assert_eq!(
        place.run(&["create"]),
        failed(
            1,
            "ansar: cannot create home \".ansar-home\": it already exists\n\
             hint: \"ansar destroy\" removes it, --home-path names another\n"
        )
    );
    assert_eq!(place.run(&["destroy"]), nothing());
    assert_eq!(tree(place.folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_foreign_script_is_never_run_to_find_out_what_it_is() {
    let place = Place::with_home();
    place.script("server", "#!/bin/sh\ntouch was-run\n");
    assert_eq!(place.run(&["deploy", "dist"]).0, 0);
    let before = tree(&place.path(".ansar-home"));
    let (status, stdout, stderr) = place.run(&["add", "server", "x", "--port=1"]);
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "ansar: cannot add executable \"server\": it has no settings, \
         as it is not built on the framework\n\
         hint: put what it is to be started with behind \"--\"\n"
    );
    assert_eq!(tree(&place.path(".ansar-home")), before);
    assert_eq!(
        place.run(&["add", "server", "x", "--", "--port=1"]),
        nothing()
    );
    assert!(!place.path("was-run").exists());
    let role = RoleName::parse("x").unwrap();
    let description = place.home().role(&role).unwrap().unwrap();
    assert_eq!(description.arguments, ["--port=1"]);
}

#[test]
fn settings_that_the_executable_refuses_leave_nothing_behind() {
    assert_eq!(MARK.0.len(), 24);
    let place = Place::with_home();
    let program = place.home().executable("marked");
    fs::copy(std::env::current_exe().unwrap(), program).unwrap();
    // The lock on the home is made by whoever changes it first.
    place.run(&["add", "missing"]);
    drop(place.home().change().unwrap());
    let before = tree(&place.path(".ansar-home"));
    let (status, stdout, stderr) = place.run(&["add", "marked", "--count=3", "--port=1"]);
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "ansar: cannot add role \"marked-0\": error: Unrecognized option: 'port'\n"
    );
    assert_eq!(tree(&place.path(".ansar-home")), before);
    assert_eq!(place.run(&["list"]), nothing());
}

#[test]
fn a_home_in_which_something_runs_is_not_destroyed() {
    let place = Place::with_home();
    assert_eq!(place.run(&["add", "cat", "x"]), nothing());
    let role = RoleName::parse("x").unwrap();
    let _lock = Lock::hold(&place.home().lock_file(&role)).unwrap();
    assert_eq!(
        place.run(&["destroy"]),
        failed(
            1,
            "ansar: cannot destroy home \"FOLDER/.ansar-home\": \"x\" is running\n\
             hint: \"ansar stop\" stops what is running, --force stops it first\n"
        )
    );
    assert_eq!(place.run(&["list"]).1, "x\n");
}

#[test]
fn what_does_not_exist_is_named() {
    let place = Place::with_home();
    let unknown = "ansar: cannot find role \"x\": it does not exist\n\
                   hint: \"ansar list\" shows the roles\n";
    for command in ["list", "status", "start", "log"] {
        assert_eq!(place.run(&[command, "x"]), failed(1, unknown), "{command}");
    }
    assert_eq!(
        place.run(&["start"]),
        failed(
            1,
            "ansar: cannot start group \"default\": \
             there are no roles in home \"FOLDER/.ansar-home\"\n\
             hint: \"ansar add\" adds one\n"
        )
    );
    assert_eq!(place.run(&["status"]), nothing());
    assert_eq!(place.run(&["stop"]), nothing());
    assert_eq!(
        place.run(&["deploy", "dist"]),
        failed(
            1,
            "ansar: cannot deploy \"dist\": No such file or directory (os error 2)\n"
        )
    );
}

/// Ends what a test has started, also when it fails.
struct Stopped<'a>(&'a Place);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        let _ = self.0.command(&["destroy", "--force"]).status();
    }
}

#[test]
fn a_daemon_keeps_nothing_of_whoever_started_it() {
    let place = Place::with_home();
    place.script("server", "#!/bin/sh\nexec sleep 30\n");
    assert_eq!(place.run(&["deploy", "dist"]).0, 0);
    assert_eq!(place.run(&["add", "server", "x"]), nothing());
    let _stopped = Stopped(&place);
    // Three descriptors of a pipe that is read to its end.
    let mut shell = Command::new("sh");
    let output = shell
        .args(["-c", "\"$0\" start 2>&1 7>&1", env!("CARGO_BIN_EXE_ansar")])
        .current_dir(&place.folder)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert!(output.status.success());
    assert_eq!(place.run(&["status"]), (0, "x\n".to_owned(), String::new()));
    assert_eq!(
        place.run(&["start"]),
        failed(
            1,
            "ansar: cannot start group \"default\": it is already running\n\
             hint: \"ansar status\" shows what is running, --group-name starts another group\n"
        )
    );
    assert_eq!(place.run(&["stop"]), nothing());
    assert_eq!(place.run(&["status"]), nothing());
}

#[test]
fn a_report_reaches_the_end_of_its_pipe_while_the_group_runs() {
    let place = Place::with_home();
    place.script("server", "#!/bin/sh\nexec sleep 30\n");
    assert_eq!(place.run(&["deploy", "dist"]).0, 0);
    assert_eq!(place.run(&["add", "server", "x"]), nothing());
    let _stopped = Stopped(&place);
    // Read to the end of the pipe, which the supervisor must not keep open.
    let report = place.run(&["group", "--group-name=default", "x"]);
    assert_eq!(report, (0, "\"ready\"\n".to_owned(), String::new()));
    // And did not end with the role.
    assert_eq!(place.run(&["status"]), (0, "x\n".to_owned(), String::new()));
}

/// A home whose role `x` has more records than any pipe or buffer holds.
fn place_with_records() -> Place {
    let place = Place::with_home();
    assert_eq!(place.run(&["add", "cat", "x"]), nothing());
    let role = RoleName::parse("x").unwrap();
    let mut writer = Writer::open(&place.home().logs(&role), 1 << 30).unwrap();
    let text = "x".repeat(100);
    for millisecond in 0..20_000 {
        writer.write(&Record {
            stamp: Stamp::from_milliseconds(1_726_752_512_000 + millisecond),
            tag: Tag::Console,
            object: 1,
            name: "Server",
            text: text.as_str().into(),
        });
    }
    place
}

#[test]
fn nobody_reading_on_is_a_quiet_end() {
    let place = place_with_records();
    let mut command = place.command(&["log", "x", "--from=2024-09-19"]);
    let mut log = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 23];
    log.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"2024-09-19T13:28:32.000");
    let output = log.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_full_disk_is_an_error() {
    let place = place_with_records();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = place.command(&["list"]);
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "ansar: cannot write to standard output: No space left on device (os error 28)\n"
    );
}
