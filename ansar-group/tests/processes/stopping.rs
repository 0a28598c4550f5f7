//! Ending a group with its supervisor.

use std::time::Duration;

use ansar_group::{Report, Stopped, stop};
use ansar_home_layout::GroupName;
use rustix::process::Signal;
use serde_json::json;

use crate::Test;
use crate::fixture::{Fixture, eventually, group_lives, role_name, written};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_role_that_ignores_sigterm_is_killed_after_the_limit",
        ignores_sigterm,
    ),
    ("what_a_role_has_started_is_ended_with_it", grandchildren),
    (
        "what_a_role_leaves_behind_is_ended_and_the_group_goes_on",
        left_behind,
    ),
    (
        "the_end_of_what_a_role_leaves_behind_is_told",
        left_behind_obeys,
    ),
    (
        "sigint_stops_as_sigterm_does_and_a_second_signal_changes_nothing",
        interrupted,
    ),
    (
        "a_stop_during_the_start_is_reported",
        stopped_while_starting,
    ),
    ("a_suspended_role_can_obey", suspended_role),
    ("a_stop_tells_what_it_has_stopped", told),
    ("a_stop_of_nothing_does_nothing", nothing),
];

fn ignores_sigterm() {
    let script = "trap '' TERM; echo $$ > pid; while :; do sleep 1; done";
    let fixture = Fixture::with_scripts(&[("stubborn", script)]);
    let mut supervisor = fixture.supervisor_with(20_000, 300);
    assert_eq!(supervisor.report(), Report::Ready);
    let role = written(&fixture.model("stubborn").join("pid"))
        .parse()
        .unwrap();
    assert!(supervisor.stop().success());
    assert!(!group_lives(role));
    assert_eq!(
        fixture.history("stubborn")[0].ended,
        Some(json!({"signal": 9}))
    );
    let story = fixture.records("group.default").join("\n");
    assert!(
        story.contains("! <00000000>Group - stubborn did not end in time: killed (SIGKILL)"),
        "{story}"
    );
}

fn grandchildren() {
    let fixture = Fixture::with_scripts(&[("parent", "sleep 60 & sleep 60 & echo $$ > pid; wait")]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let role = written(&fixture.model("parent").join("pid"))
        .parse()
        .unwrap();
    assert!(supervisor.stop().success());
    assert!(!group_lives(role));
}

fn left_behind() {
    let script = "(trap '' TERM; echo ready > armed; while :; do sleep 1; done) & while ! [ -s armed ]; do sleep 0.01; done; echo $$ > pid";
    let fixture = Fixture::with_scripts(&[("leaves", script), ("stays", "exec sleep 60")]);
    let mut supervisor = fixture.supervisor_with(20_000, 500);
    assert_eq!(supervisor.report(), Report::Ready);
    let role = written(&fixture.model("leaves").join("pid"))
        .parse()
        .unwrap();
    assert_eq!(
        fixture.process_of("leaves"),
        Some(role),
        "its child still runs"
    );
    eventually("the role has ended", || {
        fixture.history("leaves")[0].stop.is_some()
    });
    assert!(!group_lives(role));
    assert_eq!(fixture.history("leaves")[0].ended, Some(json!({"exit": 0})));
    assert!(fixture.process_of("stays").is_some());
    assert!(supervisor.stop().success());
}

fn left_behind_obeys() {
    let fixture = Fixture::with_scripts(&[("leaves", "sleep 60 & sleep 60 &")]);
    let mut supervisor = fixture.supervisor_with(20_000, 60_000);
    assert_eq!(supervisor.report(), Report::Ready);
    eventually(
        "the supervisor is told of the end of what is no child of it",
        || fixture.history("leaves")[0].stop.is_some(),
    );
    assert!(supervisor.wait().success());
}

fn interrupted() {
    let script = "trap 'sleep 0.3; exit 7' TERM; echo $$ > pid; while :; do sleep 0.05; done";
    let fixture = Fixture::with_scripts(&[("role", script)]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    written(&fixture.model("role").join("pid"));
    supervisor.signal(Signal::INT);
    assert!(supervisor.stop().success());
    assert_eq!(fixture.history("role")[0].ended, Some(json!({"exit": 7})));
}

fn stopped_while_starting() {
    let fixture = Fixture::empty();
    fixture.add_framework_role("server", "silent");
    let mut supervisor = fixture.supervisor();
    eventually("the role is there", || {
        fixture.process_of("server").is_some()
    });
    supervisor.signal(Signal::TERM);
    assert_eq!(supervisor.report(), Report::Stopped);
    assert_eq!(fixture.status(), []);
}

fn suspended_role() {
    let fixture = Fixture::with_scripts(&[("role", "kill -STOP $$")]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    assert!(supervisor.stop().success());
    assert_eq!(
        fixture.history("role")[0].ended,
        Some(json!({"signal": 15}))
    );
}

fn told() {
    let fixture = Fixture::with_scripts(&[("one", "exec sleep 60"), ("two", "exec sleep 60")]);
    let mut supervisor = fixture.supervisor();
    assert_eq!(supervisor.report(), Report::Ready);
    let other = GroupName::parse("other").unwrap();
    let limit = Duration::from_secs(20);
    assert_eq!(
        stop(&fixture.home, &[other], limit).unwrap(),
        Stopped::default()
    );
    let expected = Stopped {
        groups: vec![GroupName::default()],
        roles: vec![role_name("one"), role_name("two")],
        survivors: Vec::new(),
    };
    assert_eq!(stop(&fixture.home, &[], limit).unwrap(), expected);
    assert!(supervisor.wait().success());
    assert_eq!(fixture.status(), []);
}

fn nothing() {
    let fixture = Fixture::with_scripts(&[("role", "exec sleep 60")]);
    assert_eq!(
        stop(&fixture.home, &[], Duration::ZERO).unwrap(),
        Stopped::default()
    );
}
