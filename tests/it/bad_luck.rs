//! What happens at night: killed processes, taken ports, two at once, readers that go away.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use ansar_tests::{Session, get, kill_and_wait};
use nix::sys::signal::Signal;

/// A home with one role, the crunch server at any port.
fn with_role() -> Session {
    let session = Session::new();
    session.run("ansar create").success();
    session.run("ansar deploy dist").success();
    session
        .run("ansar add crunch_server --role-name=crunch_server --port=0")
        .success();
    session
}

/// A home with a role that is a shell script.
fn with_script(text: &str) -> Session {
    let session = Session::new();
    let script = session.path("dist/script");
    fs::write(&script, format!("#!/bin/sh\n{text}")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    session.run("ansar create").success();
    session.run("ansar deploy dist").success();
    session.run("ansar add script --role-name=script").success();
    session
}

/// The process of the role and that of its supervisor, as `status` has them.
fn processes(session: &Session) -> (i32, i32) {
    let status = session.run("ansar status --long-listing").success();
    let mut columns = status.split_whitespace().skip(1);
    let mut number = || {
        columns
            .next()
            .unwrap()
            .trim_matches(['<', '>', '(', ')'])
            .parse()
            .unwrap()
    };
    (number(), number())
}

#[test]
fn a_start_keeps_nothing_of_the_callers_terminal() {
    let session = with_role();
    let mut start = session.command("/bin/sh");
    let ansar = ansar_tests::binary("ansar").display();
    let outcome = start
        .args(["-c", &format!("{ansar} start 2>&1 | cat")])
        .output()
        .unwrap();
    assert!(
        outcome.status.success() && outcome.stdout.is_empty(),
        "{outcome:?}"
    );
    assert_eq!(session.run("ansar status").success(), "crunch_server\n");
}

#[test]
fn a_port_that_is_taken_fails_the_start_as_a_whole() {
    let session = with_role();
    let holder = session.serve("crunch_server --port=0");
    let port = holder.port;
    session
        .run(&format!(
            "ansar add crunch_server --role-name=late --port={port}"
        ))
        .success();
    let outcome = session.run("ansar start");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""));
    let (first, rest) = outcome.stderr.split_once('\n').unwrap();
    assert!(
        first.starts_with("ansar: ") && first.contains("\"late\""),
        "{first}"
    );
    assert!(
        rest.contains(&format!("crunch_server: cannot listen at \"127.0.0.1:{port}\" ([Errno 98] Address already in use)")),
        "{rest}"
    );
    assert_eq!(session.run("ansar status").success(), "");
    // The supervisor ends just after it has reported.
    assert_eq!(holder.stop(Signal::SIGTERM).status, 143);
    session.wait_until_nothing_runs();
}

#[test]
fn a_killed_role_is_known_to_be_dead_at_once() {
    let session = with_role();
    session.run("ansar start").success();
    let (role, _) = processes(&session);
    kill_and_wait(role);
    assert_eq!(session.run("ansar status").success(), "");
    session.run("ansar stop").success();
    assert!(session.processes().is_empty());
}

#[test]
fn a_role_outlives_its_supervisor_and_is_still_known_and_stopped() {
    let session = with_role();
    session.run("ansar start").success();
    let (role, supervisor) = processes(&session);
    kill_and_wait(supervisor);
    let status = session.run("ansar status --long-listing");
    assert_eq!(status.status, 0);
    assert!(
        status.stdout.contains(&format!("<{role}> (unsupervised)")),
        "{status:?}"
    );
    assert_eq!(get(session.role_port(), "/Multiply?x=2&y=3").status, 200);
    let refused = session.run("ansar destroy").failure(1);
    assert!(refused.contains("crunch_server"), "{refused}");
    let refused = session.run("ansar start").failure(1);
    assert!(refused.contains("crunch_server"), "{refused}");
    assert_eq!(session.run("ansar stop").status, 0);
    assert!(session.processes().is_empty());
    session.run("ansar start").success();
    let (role, supervisor) = processes(&session);
    kill_and_wait(supervisor);
    assert!(session.processes().contains(&role));
    assert_eq!(session.run("ansar --force destroy").status, 0);
    assert!(session.processes().is_empty() && !session.path(".ansar-home").exists());
}

#[test]
fn of_two_starts_at_once_one_wins() {
    let session = with_role();
    let mut starts = [(); 2].map(|()| {
        session
            .command("ansar start")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    let mut statuses = starts
        .each_mut()
        .map(|start| start.wait().unwrap().code().unwrap());
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 1]);
    assert_eq!(session.run("ansar status").success(), "crunch_server\n");
    assert_eq!(session.processes().len(), 2, "one supervisor and one role");
}

#[test]
fn looking_touches_no_file_of_a_role() {
    let session = with_role();
    session.run("ansar start").success();
    let kept = session.path(".ansar-home/tmp/crunch_server/kept");
    fs::write(&kept, "x").unwrap();
    let run_file = session.read(".ansar-home/lock/crunch_server.json");
    for line in [
        "ansar status",
        "ansar status -l",
        "ansar list",
        "ansar list -l",
        "ansar log crunch_server",
    ] {
        session.run(line).success();
    }
    assert!(kept.exists());
    assert_eq!(
        session.read(".ansar-home/lock/crunch_server.json"),
        run_file
    );
}

#[test]
fn a_second_start_and_a_destroy_are_refused_while_a_role_runs() {
    let session = with_role();
    session.run("ansar start").success();
    assert!(
        session
            .run("ansar start")
            .failure(1)
            .contains("already running")
    );
    assert!(session.run("ansar destroy").failure(1).contains("running"));
    session.run("ansar --force destroy").success();
    assert!(session.processes().is_empty() && !session.path(".ansar-home").exists());
}

#[test]
fn a_role_that_does_not_obey_is_ended_with_all_its_descendants() {
    let session = with_script(
        "trap '' TERM\nsh -c \"trap '' TERM; while :; do sleep 1; done\" &\nwhile :; do sleep 1; done\n",
    );
    session.run("ansar start").success();
    assert!(session.processes().len() >= 3);
    session.run("ansar stop").success();
    assert!(session.processes().is_empty(), "{:?}", session.processes());
}

#[test]
fn what_a_foreign_role_prints_is_in_its_log() {
    let session =
        with_script("echo to standard output\necho to standard error >&2\nexec sleep 1000\n");
    session.run("ansar start").success();
    session.run("ansar stop").success();
    let log = session.run("ansar log script").success();
    assert!(
        log.contains(" 1 <00000000>stdout - to standard output\n"),
        "{log}"
    );
    assert!(
        log.contains(" 2 <00000000>stderr - to standard error\n"),
        "{log}"
    );
}

#[test]
fn a_foreign_role_that_fails_at_once_is_said_so_with_its_last_words() {
    let session = with_script("echo I cannot >&2\nexit 3\n");
    let complaint = session.run("ansar start").failure(1);
    assert!(
        complaint.contains("\"script\"") && complaint.contains("exit status 3"),
        "{complaint}"
    );
    assert!(complaint.contains("I cannot"), "{complaint}");
    // The supervisor ends just after it has reported.
    session.wait_until_nothing_runs();
}

#[test]
fn a_reader_of_the_log_may_go_away() {
    let session = with_script(
        "i=0; while [ $i -lt 20000 ]; do echo line $i of many, to fill a pipe; i=$((i+1)); done; exec sleep 1000\n",
    );
    session.run("ansar start").success();
    session.run("ansar stop").success();
    let mut log = session
        .command("ansar log script")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(log.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.contains("stdout - line 0"), "{first}");
    let end = log.wait_with_output().unwrap();
    assert!(end.status.success() && end.stderr.is_empty(), "{end:?}");
}
