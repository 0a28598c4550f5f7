//! Starting a group, and what it says and stores.

use std::fs::File;

use ansar_group::{Report, Supervision};
use ansar_home_layout::Output;
use rustix::process::{Signal, kill_process_group};
use serde_json::json;

use crate::Test;
use crate::fixture::{Fixture, Supervisor, eventually, group_lives, pid, role_name, written};
use crate::role::notify;

pub(crate) const TESTS: &[Test] = &[
    (
        "a_started_group_is_ready_and_its_status_names_both_processes",
        both_processes,
    ),
    ("a_framework_role_is_ready_when_it_says_so", framework_role),
    (
        "a_role_that_fails_is_reported_with_its_last_lines_and_nothing_is_left",
        failing_role,
    ),
    (
        "a_role_that_never_says_that_it_is_ready_fails_the_start",
        silent_role,
    ),
    ("a_stranger_cannot_say_that_a_role_is_ready", stranger),
    ("an_executable_that_is_missing_is_named", missing_executable),
    (
        "a_group_whose_roles_complete_is_ready_and_ends",
        completing_roles,
    ),
    ("of_two_supervisors_one_wins", two_supervisors),
    ("a_failed_start_can_be_repeated_at_once", repeated_start),
    (
        "a_role_has_its_own_folders_its_lock_and_nothing_else",
        surroundings,
    ),
    ("what_a_role_prints_is_stored_line_by_line", printed_lines),
    ("a_flood_is_stored_to_the_last_line", flood),
    (
        "what_an_earlier_run_left_in_a_pipe_comes_first",
        left_in_pipe,
    ),
];

const WAIT: &str = "exec sleep 60";

fn both_processes() {
    let fixture = Fixture::with_scripts(&[("one", WAIT), ("two", WAIT)]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let status = fixture.status();
    assert_eq!(
        status
            .iter()
            .map(|role| role.role.as_str())
            .collect::<Vec<_>>(),
        ["one", "two"]
    );
    for role in &status {
        assert_eq!(role.group, Supervision::Supervised(supervisor.pid()));
        assert!(group_lives(role.process));
    }
    assert!(supervisor.stop().success());
    assert_eq!(fixture.status(), []);
    assert!(status.iter().all(|role| !group_lives(role.process)));
    let history = fixture.history("one");
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].ended, Some(json!({"signal": 15})));
    assert!(history[0].stop >= Some(history[0].start));
    assert_eq!(
        fixture.history("group.default")[0].ended,
        Some(json!({"exit": 0}))
    );
    let story = fixture.records("group.default").join("\n");
    for part in [
        "( <00000000>Group - one <",
        "^ <00000000>Group - one is ready",
        "^ <00000000>Group - Stopping by SIGTERM",
        ") <00000000>Group - one was ended by signal 15 (SIGTERM)",
        "^ <00000000>Group - Group default has ended",
    ] {
        assert!(story.contains(part), "{part:?} is missing in\n{story}");
    }
}

fn framework_role() {
    let fixture = Fixture::empty();
    fixture.add_framework_role("server", "announce");
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let story = fixture.records("group.default").join("\n");
    assert!(story.contains("server says: All is well"), "{story}");
    assert!(supervisor.stop().success());
}

fn failing_role() {
    let lines = "for line in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $line; done; exit 3";
    let fixture =
        Fixture::with_scripts(&[("bad", lines), ("good", "echo $$ > pid; exec sleep 60")]);
    let mut supervisor = fixture.supervisor();
    let Report::Failed {
        role,
        reason,
        lines,
    } = supervisor.report()
    else {
        panic!()
    };
    assert_eq!(role, role_name("bad"));
    assert_eq!(reason, "it ended with exit status 3 before it was ready");
    assert_eq!(
        lines,
        (3..=12)
            .map(|line| format!("line {line}"))
            .collect::<Vec<_>>()
    );
    assert_eq!(fixture.status(), []);
    let good = std::fs::read_to_string(fixture.model("good").join("pid"));
    // It may have been ended before it had written that.
    if let Ok(Ok(good)) = good.map(|text| text.trim().parse()) {
        assert!(!group_lives(good));
    }
    assert!(supervisor.wait().success());
}

fn silent_role() {
    let fixture = Fixture::empty();
    fixture.add_framework_role("server", "silent");
    let mut supervisor = fixture.supervisor_with(500, 5000);
    eventually("the role is there", || {
        fixture.process_of("server").is_some()
    });
    assert_eq!(
        fixture.status()[0].group,
        Supervision::Supervised(supervisor.pid())
    );
    let Report::Failed { reason, .. } = supervisor.report() else {
        panic!()
    };
    assert_eq!(reason, "it was not ready after 500ms");
    assert_eq!(fixture.status(), []);
}

fn stranger() {
    let fixture = Fixture::empty();
    fixture.add_framework_role("server", "silent");
    let mut supervisor = fixture.supervisor_with(1500, 5000);
    let mut address = String::new();
    eventually("the role says where it would be heard", || {
        address = std::fs::read_to_string(fixture.model("server").join("notify_socket"))
            .unwrap_or_default();
        !address.is_empty()
    });
    notify(&address, b"READY=1");
    assert!(matches!(supervisor.report(), Report::Failed { .. }));
}

fn missing_executable() {
    let fixture = Fixture::with_scripts(&[("good", WAIT)]);
    fixture.add("missing", "no such program", &[]);
    let mut supervisor = fixture.supervisor();
    let Report::Failed {
        role,
        reason,
        lines,
    } = supervisor.report()
    else {
        panic!()
    };
    let path = fixture.home.executable("no such program");
    assert_eq!((role, lines), (role_name("missing"), Vec::new()));
    assert_eq!(
        reason,
        format!(
            "cannot run \"{}\": No such file or directory (os error 2)",
            path.display()
        )
    );
    assert_eq!(fixture.status(), []);
}

fn completing_roles() {
    let fixture = Fixture::with_scripts(&[("one", "echo done"), ("two", "sleep 0.2")]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    assert!(supervisor.wait().success());
    assert_eq!(fixture.history("two")[0].ended, Some(json!({"exit": 0})));
    assert_eq!(fixture.printed("one"), ["done"]);
}

fn two_supervisors() {
    let fixture = Fixture::with_scripts(&[("role", WAIT)]);
    let mut supervisors = [fixture.supervisor(), fixture.supervisor()];
    let reports = supervisors.each_mut().map(Supervisor::report);
    assert!(reports.contains(&Report::Ready), "{reports:?}");
    assert!(reports.contains(&Report::AlreadyRunning), "{reports:?}");
    assert_eq!(fixture.history("role").len(), 1);
}

fn repeated_start() {
    let fixture = Fixture::with_scripts(&[("bad", "exit 1")]);
    for _ in 0..5 {
        let mut supervisor = fixture.supervisor();
        assert!(matches!(supervisor.report(), Report::Failed { .. }));
        assert_eq!(fixture.home.running().unwrap(), []);
    }
    assert_eq!(fixture.history("bad").len(), 5);
}

fn surroundings() {
    let script = "pwd; umask; echo $ANSAR_HOME $ANSAR_ROLE $ANSAR_GROUP; ls -A ../../tmp/role;
        readlink /proc/$$/fd/0; for open in /proc/$$/fd/*; do readlink $open; done | sort -u | grep home";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let left = fixture.home.tmp(&role_name("role")).join("left");
    std::fs::write(&left, "").unwrap();
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    supervisor.wait();
    let home = fixture.home.path().display();
    assert_eq!(
        fixture.printed("role"),
        [
            format!("{home}/model/role"),
            "0077".to_owned(),
            format!("{home} role default"),
            "/dev/null".to_owned(),
            format!("{home}/lock/role"),
            format!("{home}/lock/role.err"),
            format!("{home}/lock/role.out"),
        ]
    );
}

fn printed_lines() {
    let script = "echo first; printf 'a prompt: '; echo wrong >&2; echo $$ > pid; exec sleep 60";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    written(&fixture.model("role").join("pid"));
    eventually("the beginning of a line is stored without its end", || {
        fixture.records("role").len() == 3
    });
    let mut records = fixture.records("role");
    records.sort_unstable();
    assert_eq!(
        records,
        [
            "1 <00000000>stdout - a prompt: ",
            "1 <00000000>stdout - first",
            "2 <00000000>stderr - wrong"
        ]
        .map(str::trim_end)
    );
}

fn flood() {
    let script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done";
    let fixture = Fixture::with_scripts(&[("flood", script)]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    assert!(supervisor.wait().success());
    let expected: Vec<_> = (0..20_000).map(|line| format!("line {line}")).collect();
    assert!(fixture.printed("flood") == expected, "a line is missing");
}

fn left_in_pipe() {
    let script = "if [ -e go ]; then echo second; exit 1; fi
        while ! [ -e go ]; do sleep 0.01; done; echo first; echo . > printed; exec sleep 60";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let model = fixture.model("role");
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    supervisor.signal(Signal::KILL);
    supervisor.wait();
    // A pipe that nobody has open any more forgets what it holds.
    let path = fixture.home.fifo(&role_name("role"), Output::Out);
    let _kept = File::options().read(true).write(true).open(path).unwrap();
    std::fs::write(model.join("go"), "").unwrap();
    written(&model.join("printed"));
    kill_process_group(pid(fixture.process_of("role").unwrap()), Signal::KILL).unwrap();
    eventually("the role has ended", || fixture.status().is_empty());
    let mut second = fixture.supervisor();
    let Report::Failed { lines, .. } = second.report() else {
        panic!()
    };
    assert_eq!(lines, ["second"], "of this run only");
    assert_eq!(fixture.printed("role"), ["first", "second"]);
}
