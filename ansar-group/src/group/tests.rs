use super::*;

const LIMITS: Limits = Limits {
    ready: Duration::from_secs(30),
    stop: Duration::from_secs(10),
};
const FIRST: RoleId = RoleId(0);
const SECOND: RoleId = RoleId(1);

fn pid(number: i32) -> Pid {
    Pid::from_raw(number).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "any moment will do")]
fn some_time() -> Instant {
    Instant::now()
}

/// A group of two roles that were spawned at the time returned: processes 41 and 42.
fn spawned(readiness: [Readiness; 2]) -> (Group, Instant) {
    let now = some_time();
    let mut group = Group::new(readiness, LIMITS);
    assert_eq!(
        group.step(Event::Start, now),
        [Action::Spawn(FIRST), Action::Spawn(SECOND)]
    );
    assert_eq!(
        group.step(
            Event::Spawned {
                role: FIRST,
                pid: pid(41)
            },
            now
        ),
        []
    );
    assert_eq!(
        group.step(
            Event::Spawned {
                role: SECOND,
                pid: pid(42)
            },
            now
        ),
        []
    );
    (group, now)
}

fn running() -> (Group, Instant) {
    let (mut group, now) = spawned([Readiness::Settled; 2]);
    let now = now + SETTLING_TIME;
    group.step(Event::Tick, now);
    (group, now)
}

fn exited(role: RoleId, how: Ended) -> Event {
    Event::Exited {
        role,
        how,
        leftovers: false,
    }
}

fn terminate(role: RoleId, number: i32) -> Action {
    Action::Terminate {
        role,
        group: pid(number),
    }
}

fn kill(role: RoleId, number: i32) -> Action {
    Action::Kill {
        role,
        group: pid(number),
    }
}

fn failed(role: RoleId, reason: &str) -> Action {
    Action::Report(Outcome::Failed {
        role,
        reason: reason.to_owned(),
    })
}

#[test]
fn a_group_is_ready_when_its_last_role_is() {
    let (mut group, now) = spawned([Readiness::Announced; 2]);
    assert_eq!(
        group.step(Event::NotifiedReady { role: SECOND }, now),
        [Action::Readied(SECOND)]
    );
    assert_eq!(
        group.step(Event::NotifiedReady { role: FIRST }, now),
        [Action::Readied(FIRST), Action::Report(Outcome::Ready)]
    );
    assert_eq!(group.step(Event::NotifiedReady { role: FIRST }, now), []);
    assert_eq!(group.wake_at(), None);
}

#[test]
fn foreign_programs_are_ready_when_they_have_settled_all_at_once() {
    let (mut group, start) = spawned([Readiness::Settled; 2]);
    assert_eq!(group.wake_at(), Some(start + SETTLING_TIME));
    assert_eq!(group.step(Event::Tick, start + SETTLING_TIME / 2), []);
    assert_eq!(
        group.step(Event::Tick, start + SETTLING_TIME),
        [
            Action::Readied(FIRST),
            Action::Readied(SECOND),
            Action::Report(Outcome::Ready)
        ]
    );
}

#[test]
fn a_role_that_completes_before_it_is_ready_does_not_fail_the_start() {
    let (mut group, now) = spawned([Readiness::Announced, Readiness::Settled]);
    assert_eq!(
        group.step(exited(FIRST, Ended::Exit(0)), now),
        [Action::Ended {
            role: FIRST,
            how: Ended::Exit(0)
        }]
    );
    assert_eq!(
        group.step(exited(SECOND, Ended::Exit(0)), now),
        [
            Action::Ended {
                role: SECOND,
                how: Ended::Exit(0)
            },
            Action::Report(Outcome::Ready),
            Action::Finish
        ]
    );
}

#[test]
fn a_role_that_ends_badly_before_it_is_ready_takes_the_others_with_it() {
    let (mut group, now) = spawned([Readiness::Announced, Readiness::Settled]);
    assert_eq!(
        group.step(exited(FIRST, Ended::Exit(1)), now),
        [
            Action::Ended {
                role: FIRST,
                how: Ended::Exit(1)
            },
            terminate(SECOND, 42)
        ]
    );
    assert_eq!(
        group.step(exited(SECOND, Ended::Signal(15)), now),
        [
            Action::Ended {
                role: SECOND,
                how: Ended::Signal(15)
            },
            failed(FIRST, "it ended with exit status 1 before it was ready"),
            Action::Finish
        ]
    );
}

#[test]
fn a_role_that_ends_badly_after_it_was_ready_fails_the_start_of_the_others() {
    let (mut group, now) = spawned([Readiness::Announced; 2]);
    group.step(Event::NotifiedReady { role: FIRST }, now);
    group.step(exited(FIRST, Ended::Signal(9)), now);
    let actions = group.step(exited(SECOND, Ended::Exit(143)), now);
    let reason = "it was ended by signal 9 (SIGKILL) before every role was ready";
    assert_eq!(actions[1..], [failed(FIRST, reason), Action::Finish]);
}

#[test]
fn a_role_that_is_not_ready_in_time_fails_the_start() {
    let (mut group, start) = spawned([Readiness::Announced; 2]);
    group.step(Event::NotifiedReady { role: FIRST }, start);
    let late = start + LIMITS.ready;
    assert_eq!(group.wake_at(), Some(late));
    assert_eq!(
        group.step(Event::Tick, late),
        [terminate(FIRST, 41), terminate(SECOND, 42)]
    );
    group.step(exited(FIRST, Ended::Signal(15)), late);
    let actions = group.step(exited(SECOND, Ended::Signal(15)), late);
    assert_eq!(
        actions[1..],
        [failed(SECOND, "it was not ready after 30s"), Action::Finish]
    );
}

#[test]
fn a_role_that_cannot_be_run_fails_the_start() {
    let now = some_time();
    let mut group = Group::new([Readiness::Settled], LIMITS);
    group.step(Event::Start, now);
    let reason = "cannot run \"/x\"".to_owned();
    assert_eq!(
        group.step(
            Event::SpawnFailed {
                role: FIRST,
                reason: reason.clone()
            },
            now
        ),
        [failed(FIRST, &reason), Action::Finish]
    );
}

#[test]
fn a_role_that_ignores_sigterm_is_killed_after_the_stop_limit() {
    let (mut group, start) = running();
    assert_eq!(
        group.step(Event::Stop, start),
        [terminate(FIRST, 41), terminate(SECOND, 42)]
    );
    group.step(exited(SECOND, Ended::Exit(0)), start);
    assert_eq!(group.step(Event::Tick, start + LIMITS.stop / 2), []);
    assert_eq!(
        group.step(Event::Tick, start + LIMITS.stop),
        [kill(FIRST, 41)]
    );
    assert_eq!(group.wake_at(), Some(start + LIMITS.stop + KILL_AGAIN));
    let actions = group.step(exited(FIRST, Ended::Signal(9)), start + LIMITS.stop);
    assert_eq!(
        actions,
        [
            Action::Ended {
                role: FIRST,
                how: Ended::Signal(9)
            },
            Action::Finish
        ]
    );
}

#[test]
fn a_second_stop_changes_nothing() {
    let (mut group, start) = running();
    group.step(Event::Stop, start);
    let wake_at = group.wake_at();
    assert_eq!(group.step(Event::Stop, start + LIMITS.stop / 2), []);
    assert_eq!(group.wake_at(), wake_at);
}

#[test]
fn a_role_spawned_while_stopping_is_terminated() {
    let now = some_time();
    let mut group = Group::new([Readiness::Settled], LIMITS);
    group.step(Event::Start, now);
    assert_eq!(group.step(Event::Stop, now), []);
    assert_eq!(
        group.step(
            Event::Spawned {
                role: FIRST,
                pid: pid(41)
            },
            now
        ),
        [terminate(FIRST, 41)]
    );
    let actions = group.step(exited(FIRST, Ended::Signal(15)), now);
    assert_eq!(
        actions[1..],
        [Action::Report(Outcome::Stopped), Action::Finish]
    );
}

#[test]
fn what_a_role_left_behind_is_ended_before_the_role_is() {
    let (mut group, now) = running();
    group.step(exited(SECOND, Ended::Exit(0)), now);
    let left = Event::Exited {
        role: FIRST,
        how: Ended::Exit(0),
        leftovers: true,
    };
    assert_eq!(group.step(left, now), [terminate(FIRST, 41)]);
    assert_eq!(group.clearing().collect::<Vec<_>>(), [(FIRST, pid(41))]);
    assert_eq!(
        group.step(Event::Tick, now + LIMITS.stop),
        [kill(FIRST, 41)]
    );
    assert_eq!(
        group.step(Event::LeftoversGone { role: FIRST }, now + LIMITS.stop),
        [
            Action::Ended {
                role: FIRST,
                how: Ended::Exit(0)
            },
            Action::Finish
        ]
    );
}

#[test]
fn what_is_left_of_a_stopped_role_has_the_rest_of_its_time() {
    let (mut group, now) = running();
    group.step(Event::Stop, now);
    let wake_at = group.wake_at();
    let left = Event::Exited {
        role: FIRST,
        how: Ended::Exit(0),
        leftovers: true,
    };
    assert_eq!(group.step(left, now + LIMITS.stop / 2), []);
    assert_eq!(group.wake_at(), wake_at);
}

#[test]
fn a_running_group_goes_on_without_a_role_that_ended() {
    let (mut group, now) = running();
    let killed = Ended::Signal(9);
    assert_eq!(
        group.step(exited(FIRST, killed), now),
        [Action::Ended {
            role: FIRST,
            how: killed
        }]
    );
    assert_eq!(group.role_of(pid(41)), None);
    assert_eq!(group.role_of(pid(42)), Some(SECOND));
}

#[test]
fn a_group_that_was_never_started_stops_at_once() {
    let mut group = Group::new([Readiness::Settled], LIMITS);
    assert_eq!(
        group.step(Event::Stop, some_time()),
        [Action::Report(Outcome::Stopped), Action::Finish]
    );
}
