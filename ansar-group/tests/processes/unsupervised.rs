//! Roles whose supervisor is dead or hangs.

use std::fs::File;
use std::time::Duration;

use ansar_group::{Report, Stopped, Supervision, stop};
use ansar_home_layout::Output;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use crate::Test;
use crate::fixture::{Fixture, Supervisor, eventually, group_lives, role_name, written};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_role_outlives_its_supervisor_prints_on_and_is_stopped_without_it",
        outlives,
    ),
    (
        "a_role_that_ignores_sigterm_is_killed_without_its_supervisor",
        ignores_sigterm,
    ),
    (
        "a_role_that_runs_unsupervised_is_not_started_again",
        not_started_again,
    ),
    (
        "a_descendant_that_went_its_own_way_is_found_by_the_lock",
        escaped,
    ),
    (
        "a_role_whose_first_process_has_ended_still_runs",
        first_process_ended,
    ),
    (
        "a_supervisor_that_hangs_is_ended_and_its_roles_with_it",
        hanging,
    ),
    ("a_role_is_found_without_its_document", without_document),
    (
        "a_descendant_without_the_lock_is_found_by_the_process_group",
        without_lock,
    ),
    ("a_role_that_waits_to_print_can_obey", full_pipe),
];

const LIMIT: Duration = Duration::from_secs(20);

fn killed(supervisor: &mut Supervisor<'_>) {
    assert_eq!(supervisor.report(), Report::Ready);
    supervisor.signal(Signal::KILL);
    supervisor.wait();
}

fn stopped(name: &str) -> Stopped {
    Stopped {
        roles: vec![role_name(name)],
        ..Stopped::default()
    }
}

fn outlives() {
    let script = "echo $$ > pid; echo before; while ! [ -e go ]; do sleep 0.01; done
        echo after; echo and after; printf 'and more'; echo . > printed; exec sleep 60";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let role = written(&fixture.model("role").join("pid")).parse().unwrap();
    std::fs::write(fixture.model("role").join("go"), "").unwrap();
    written(&fixture.model("role").join("printed"));
    let status = fixture.status();
    assert_eq!(
        (status[0].process, status[0].group),
        (role, Supervision::Unsupervised)
    );
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    assert!(!group_lives(role));
    assert_eq!(fixture.status(), []);
    assert_eq!(
        fixture.printed("role"),
        ["before", "after", "and after", "and more"]
    );
    assert!(fixture.history("role")[0].stop.is_some());
    let story = fixture.records("group.default");
    let end = ") <00000000>Group - role was ended without supervisor";
    assert_eq!(story.last().map(String::as_str), Some(end));
}

fn ignores_sigterm() {
    let script = "trap '' TERM; echo $$ > pid; while :; do sleep 1; done";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let role = written(&fixture.model("role").join("pid")).parse().unwrap();
    assert_eq!(
        stop(&fixture.home, &[], Duration::from_millis(200)).unwrap(),
        stopped("role")
    );
    assert!(!group_lives(role));
}

fn not_started_again() {
    let fixture = Fixture::with_scripts(&[("role", "echo $$ > pid; exec sleep 60")]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let role: i32 = written(&fixture.model("role").join("pid")).parse().unwrap();
    let Report::Failed { reason, .. } = fixture.supervisor().report() else {
        panic!()
    };
    assert_eq!(reason, "it is already running");
    assert_eq!(fixture.process_of("role"), Some(role));
}

fn escaped() {
    let script =
        "setsid sh -c 'echo $$ > pid; exec sleep 60' & while ! [ -s pid ]; do sleep 0.01; done";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let escaped = written(&fixture.model("role").join("pid")).parse().unwrap();
    assert!(supervisor.wait().success(), "nothing of the group is left");
    assert_eq!(fixture.status()[0].group, Supervision::Unsupervised);
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    assert!(!group_lives(escaped));
}

fn first_process_ended() {
    let fixture = Fixture::with_scripts(&[("role", "sleep 60 & echo $$ > pid; wait")]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let role: i32 = written(&fixture.model("role").join("pid")).parse().unwrap();
    rustix::process::kill_process(crate::fixture::pid(role), Signal::KILL).unwrap();
    eventually("its first process is gone", || {
        !std::path::Path::new(&format!("/proc/{role}")).exists()
    });
    assert_eq!(fixture.process_of("role"), Some(role));
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    assert!(!group_lives(role));
}

fn hanging() {
    let fixture = Fixture::with_scripts(&[("role", "echo $$ > pid; exec sleep 60")]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let role = written(&fixture.model("role").join("pid")).parse().unwrap();
    supervisor.signal(Signal::STOP);
    assert_eq!(
        fixture.status()[0].group,
        Supervision::Supervised(supervisor.pid())
    );
    let stopped = stop(&fixture.home, &[], Duration::from_millis(200)).unwrap();
    assert_eq!(
        (stopped.roles, stopped.survivors),
        (vec![role_name("role")], Vec::new())
    );
    assert!(!group_lives(role));
    assert_eq!(supervisor.wait().code(), None, "it was killed");
}

fn without_document() {
    let fixture = Fixture::with_scripts(&[("role", "echo $$ > pid; exec sleep 60")]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let role: i32 = written(&fixture.model("role").join("pid")).parse().unwrap();
    std::fs::remove_file(fixture.home.run_file(&role_name("role"))).unwrap();
    let status = fixture.status();
    assert_eq!(
        (status[0].process, status[0].group),
        (role, Supervision::Unsupervised)
    );
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    assert!(!group_lives(role));
}

fn without_lock() {
    let fixture = Fixture::empty();
    fixture.add_framework_role("role", "parent");
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    let child: i32 = written(&fixture.model("role").join("unlocked"))
        .parse()
        .unwrap();
    let role = fixture.process_of("role").unwrap();
    assert_ne!(child, role);
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    assert!(!group_lives(role));
}

fn full_pipe() {
    let script = "trap 'echo . > stopped; exit 0' TERM; while ! [ -e go ]; do sleep 0.01; done
        echo . > printing; i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo last; sleep 60 & wait";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    killed(&mut supervisor);
    std::fs::write(fixture.model("role").join("go"), "").unwrap();
    written(&fixture.model("role").join("printing"));
    let path = fixture.home.fifo(&role_name("role"), Output::Out);
    let pipe = File::options().read(true).write(true).open(path).unwrap();
    eventually("the pipe is full", || {
        let mut polled = [PollFd::new(&pipe, PollFlags::OUT)];
        poll(&mut polled, Some(&Timespec::default())).unwrap() == 0
    });
    assert_eq!(stop(&fixture.home, &[], LIMIT).unwrap(), stopped("role"));
    written(&fixture.model("role").join("stopped"));
    let printed = fixture.printed("role");
    assert_eq!(printed[..2], ["line 0", "line 1"]);
    assert!(printed.len() > 1000, "only {} lines", printed.len());
}
