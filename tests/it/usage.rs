//! Wrong words on the command line of `ansar`: one line that names the thing, the right
//! status, and nothing half made.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ansar_tests::Session;

fn with_home() -> Session {
    let session = Session::new();
    session.run("ansar create").success();
    session.run("ansar deploy dist").success();
    session
}

/// One line that says `ansar: …`, and hints after it.
#[track_caller]
fn complaint(session: &Session, line: &str, status: i32) -> String {
    let complaint = session.run(line).failure(status);
    assert!(complaint.starts_with("ansar: "), "{complaint}");
    assert!(
        complaint
            .lines()
            .skip(1)
            .all(|line| line.starts_with("hint: ")),
        "{complaint}"
    );
    complaint
}

#[test]
fn words_that_make_no_sense_have_status_2() {
    let session = with_home();
    session
        .run("ansar add crunch_server --role-name=crunch_server --port=0")
        .success();
    for (line, culprit) in [
        ("ansar bogus", "bogus"),
        ("ansar list --bogus", "--bogus"),
        ("ansar log", "ROLE"),
        ("ansar add crunch_server --count=x", "--count"),
        ("ansar log crunch_server --back=5x", "5x"),
        ("ansar log crunch_server --from=now --back=5m", "--from"),
    ] {
        let complaint = complaint(&session, line, 2);
        assert!(complaint.contains(culprit), "no {culprit} in {complaint}");
    }
}

#[test]
fn what_is_not_there_or_there_already_is_named() {
    let session = Session::new();
    assert!(complaint(&session, "ansar list", 1).contains(".ansar-home"));
    session.run("ansar create").success();
    assert!(complaint(&session, "ansar create", 1).contains(".ansar-home"));
    assert!(complaint(&session, "ansar deploy nowhere", 1).contains("nowhere"));
    assert!(complaint(&session, "ansar add crunch_server", 1).contains("crunch_server"));
    session.run("ansar deploy dist").success();
    session
        .run("ansar add crunch_server --role-name=x --port=0")
        .success();
    assert!(complaint(&session, "ansar add crunch_server --role-name=x", 1).contains("\"x\""));
    assert!(complaint(&session, "ansar log nosuch", 1).contains("nosuch"));
    assert!(complaint(&session, "ansar start nosuch", 1).contains("nosuch"));
    assert!(complaint(&session, "ansar list nosuch", 1).contains("nosuch"));
    assert_eq!(session.run("ansar list").success(), "x\n");
}

#[test]
fn options_stand_before_or_after_and_dashes_are_underscores() {
    let session = Session::new();
    session.run("ansar --home-path=elsewhere create").success();
    session
        .run("ansar deploy dist --home_path=elsewhere")
        .success();
    session
        .run("ansar add crunch_server --port=0 --role_name=x --home-path elsewhere")
        .success();
    assert_eq!(
        session.run("ansar list --home-path=elsewhere").success(),
        "x\n"
    );
    session.run("ansar destroy elsewhere --force").success();
    assert!(!session.path("elsewhere").exists());
}

#[test]
fn a_role_that_cannot_be_added_leaves_nothing_behind() {
    let session = with_home();
    for (line, culprit) in [
        ("ansar add crunch_server --role-name=x --port=abc", "abc"),
        ("ansar add crunch_server --role-name=x --prot=1", "prot"),
        ("ansar add crunch_server --role-name=a/b", "a/b"),
        ("ansar add crunch_server --role-name=..", ".."),
        ("ansar add crunch_server --role-name=-x", "-x"),
        ("ansar add crunch_server --role-name=", "name"),
    ] {
        let outcome = session.run(line);
        assert_ne!(outcome.status, 0, "{line}");
        assert!(
            outcome.stderr.starts_with("ansar: ") && outcome.stderr.contains(culprit),
            "{outcome:?}"
        );
        assert_eq!(session.run("ansar list").success(), "", "{line}");
        for place in ["entry", "settings", "logs", "model", "tmp"] {
            let left: Vec<_> = fs::read_dir(session.path(".ansar-home").join(place))
                .unwrap()
                .collect();
            assert!(left.is_empty(), "{line} leaves {left:?}");
        }
    }
}

#[test]
fn roles_are_added_by_number() {
    let session = with_home();
    session
        .run("ansar add crunch_server --count=2 --start=5 --step=5 --port=0")
        .success();
    assert_eq!(
        session.run("ansar list").success(),
        "crunch_server-10\ncrunch_server-5\n"
    );
    session
        .run("ansar add crunch_server --role-name=web-{number} --port=608{number}")
        .success();
    let settings = session.read(".ansar-home/settings/web-0.json");
    assert!(settings.contains("\"port\": 6080"), "{settings}");
}

#[test]
fn a_foreign_program_is_never_run_to_see_what_it_is() {
    let session = Session::new();
    let script = session.path("dist/script");
    fs::write(&script, "#!/bin/sh\ntouch \"$HOME/was-run\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    session.run("ansar create").success();
    assert_eq!(
        session.run("ansar deploy dist").success(),
        "deployed crunch_server\ndeployed script\n"
    );
    session.run("ansar add script --role-name=script").success();
    let refused = complaint(&session, "ansar add script --role-name=other --port=1", 1);
    assert!(
        refused.contains("\"script\"") && refused.contains("has no settings"),
        "{refused}"
    );
    assert!(!session.path("was-run").exists());
}

#[test]
fn a_home_is_its_owners_only() {
    let session = with_home();
    let mode = |name: &str| {
        fs::metadata(session.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(".ansar-home"), 0o700);
    assert_eq!(mode(".ansar-home/home.json"), 0o600);
}

#[test]
fn every_sub_command_explains_itself_with_an_example() {
    let session = Session::new();
    for name in [
        "create", "deploy", "add", "list", "start", "status", "log", "stop", "destroy",
    ] {
        let help = session.run(&format!("ansar {name} --help")).success();
        assert!(
            help.contains("Example:") && help.contains(&format!("ansar {name}")),
            "{help}"
        );
    }
}
