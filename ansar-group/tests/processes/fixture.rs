//! A temporary home with roles, and supervisors that do not outlive their test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use ansar_group::{Report, RoleStatus, status, stop};
use ansar_home_layout::{Home, PastRun, Role, RoleName, STORAGE_DEFAULT};
use ansar_log::{Entry, Store};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks at something that cannot tell of itself.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Limits of roles that are to obey.
const LONG: u64 = 20_000;

pub(crate) struct Fixture {
    _folder: TempDir,
    pub(crate) home: Home,
}

impl Fixture {
    /// A home with roles, each a script for `sh`.
    pub(crate) fn with_scripts(roles: &[(&str, &str)]) -> Self {
        let fixture = Self::empty();
        for (name, script) in roles {
            fixture.add(name, "sh", &["-c", script]);
        }
        fixture
    }

    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        Self {
            _folder: folder,
            home,
        }
    }

    pub(crate) fn add(&self, name: &str, executable: &str, arguments: &[&str]) {
        let role = Role {
            executable: executable.to_owned(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
            storage: STORAGE_DEFAULT,
            created: "2026-01-01T00:00:00Z".to_owned(),
        };
        self.home.add_role(&role_name(name), &role).unwrap();
    }

    /// A role that is built on the framework: this executable, told what to do.
    pub(crate) fn add_framework_role(&self, name: &str, what: &str) {
        let deployed = self.home.executable("framework");
        if !deployed.exists() {
            symlink(std::env::current_exe().unwrap(), &deployed).unwrap();
        }
        self.add(name, "framework", &[what]);
    }

    pub(crate) fn supervisor(&self) -> Supervisor<'_> {
        self.supervisor_with(LONG, LONG)
    }

    /// Starts a supervisor for all roles; limits in milliseconds.
    pub(crate) fn supervisor_with(&self, ready_limit: u64, stop_limit: u64) -> Supervisor<'_> {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("supervise")
            .arg(self.home.path())
            .args([ready_limit.to_string(), stop_limit.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let report = BufReader::new(child.stdout.take().unwrap());
        Supervisor {
            home: &self.home,
            child,
            report,
        }
    }

    pub(crate) fn status(&self) -> Vec<RoleStatus> {
        status(&self.home).unwrap()
    }

    pub(crate) fn process_of(&self, name: &str) -> Option<i32> {
        let status = self
            .status()
            .into_iter()
            .find(|status| status.role == role_name(name));
        status.map(|status| status.process)
    }

    /// The records of a role without their stamps: `<tag> <object>name - text`.
    pub(crate) fn records(&self, name: &str) -> Vec<String> {
        let role = RoleName::parse(name).unwrap();
        let store = Store::open(&self.home.logs(&role));
        let line = |record: &[u8]| String::from_utf8_lossy(&record[24..]).trim_end().to_owned();
        let record = |entry| match entry {
            Entry::Record(record) => line(record.bytes()),
            Entry::Damage(damage) => panic!("{damage:?}"),
        };
        store.records(None, None).unwrap().map(record).collect()
    }

    /// What a role printed.
    pub(crate) fn printed(&self, name: &str) -> Vec<String> {
        let text = |record: String| record.split_once(" - ").unwrap().1.to_owned();
        self.records(name).into_iter().map(text).collect()
    }

    pub(crate) fn history(&self, name: &str) -> Vec<PastRun> {
        self.home.history(&RoleName::parse(name).unwrap()).unwrap()
    }

    pub(crate) fn model(&self, name: &str) -> std::path::PathBuf {
        self.home.model(&role_name(name))
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let groups: Vec<_> = status(&self.home)
            .into_iter()
            .flatten()
            .map(|role| role.process)
            .collect();
        let _ = stop(&self.home, &[], Duration::ZERO);
        for group in groups {
            let _ = kill_process_group(pid(group), Signal::KILL);
        }
    }
}

pub(crate) struct Supervisor<'a> {
    home: &'a Home,
    child: Child,
    report: BufReader<std::process::ChildStdout>,
}

impl Supervisor<'_> {
    /// Waits for the report, and for the end of it.
    pub(crate) fn report(&mut self) -> Report {
        let mut lines = self.report.by_ref().lines();
        let line = lines.next().expect("the supervisor reports").unwrap();
        assert!(lines.next().is_none(), "the report is one line, and closed");
        serde_json::from_str(&line).unwrap()
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(pid(self.pid()), signal).unwrap();
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait()
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

/// The roles are ended with the home.
impl Drop for Supervisor<'_> {
    fn drop(&mut self) {
        let roles: Vec<_> = status(self.home)
            .into_iter()
            .flatten()
            .map(|role| role.process)
            .collect();
        let _ = self.child.kill();
        let _ = self.child.wait();
        for group in roles {
            if std::thread::panicking() {
                let _ = kill_process_group(pid(group), Signal::KILL);
            }
        }
    }
}

pub(crate) fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

pub(crate) fn pid(number: i32) -> Pid {
    Pid::from_raw(number).unwrap()
}

/// Whether anything of a process group lives; what has ended and is not reaped yet does not.
pub(crate) fn group_lives(number: i32) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok())
        .any(|stat| {
            let mut fields = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace();
            let (state, group) = (fields.next(), fields.nth(1));
            state != Some("Z") && group == Some(number.to_string().as_str())
        })
}

/// Waits for something that cannot tell of itself.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place of these tests that looks again"
)]
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Waits for a file that a role writes when it has come that far, and reads it.
pub(crate) fn written(path: &Path) -> String {
    let mut text = String::new();
    eventually(&format!("{} is written", path.display()), || {
        text = std::fs::read_to_string(path).unwrap_or_default();
        text.ends_with('\n')
    });
    text.trim_end().to_owned()
}
