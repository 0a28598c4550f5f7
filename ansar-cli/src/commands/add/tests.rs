use clap::Parser;

use super::*;
use crate::commands::fixture::{Fixture, names_in, role};
use crate::error::ErrorKind;

/// The arguments of `add` alone, as a command line.
#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn arguments(words: &[&str]) -> Arguments {
    let words = ["add"].iter().chain(words);
    Line::try_parse_from(words).unwrap().arguments
}

fn with_settings(words: &[&str], settings: &[&str]) -> Arguments {
    Arguments {
        settings: settings.iter().map(OsString::from).collect(),
        ..arguments(words)
    }
}

fn names(words: &[&str]) -> Result<Vec<String>, CommandError> {
    let roles = plan(&arguments(words))?;
    Ok(roles.iter().map(|role| role.name.to_string()).collect())
}

/// Everything in a home, to see that nothing was left behind.
fn contents(fixture: &Fixture) -> Vec<(String, Vec<String>)> {
    let folders = names_in(fixture.home.path()).into_iter();
    folders
        .filter(|name| !name.contains('.') && name != "lock")
        .map(|name| (name.clone(), names_in(&fixture.home.path().join(name))))
        .collect()
}

#[test]
fn names_are_made_by_the_template() {
    for (words, expected) in [
        (&["s"][..], &["s-0"][..]),
        (&["s", "x"], &["x"]),
        (&["s", "--role-name=x"], &["x"]),
        (&["s", "--count=3"], &["s-0", "s-1", "s-2"]),
        (
            &["s", "--start=5", "--step=5", "--count=2"],
            &["s-5", "s-10"],
        ),
        (&["s", "a{number}", "--count=2"], &["a0", "a1"]),
        (&["s", "--role-name={executable}_b"], &["s_b"]),
    ] {
        assert_eq!(names(words).unwrap(), expected, "{words:?}");
    }
}

#[test]
fn bad_and_double_names_are_refused() {
    for (words, line) in [
        (
            &["s", "a/b"][..],
            "ansar: cannot add role \"a/b\": a name cannot have '/', \
             only letters, digits, \"_\", \"-\" and \".\"",
        ),
        (
            &["s", ""],
            "ansar: cannot add role \"\": a name cannot be empty",
        ),
        (
            &["s", "--role-name=-x"],
            "ansar: cannot add role \"-x\": a name cannot begin with '-'",
        ),
        (
            &["s", ".."],
            "ansar: cannot add role \"..\": a name cannot begin with '.'",
        ),
        (
            &["s", "a.b"],
            "ansar: cannot add role \"a.b\": a name with a dot is reserved",
        ),
        (
            &["s", "home"],
            "ansar: cannot add role \"home\": it is a reserved name",
        ),
        (
            &["s", "--role-name={bogus}"],
            "ansar: cannot add role \"{bogus}\": a name cannot have '{', \
             only letters, digits, \"_\", \"-\" and \".\"",
        ),
        (
            &["s", "x", "--count=2"],
            "ansar: cannot add role \"x\" more than once",
        ),
        (
            &["s", "--start=18446744073709551615", "--count=2"],
            "ansar: cannot add roles: their numbers are too large",
        ),
    ] {
        let error = names(words).unwrap_err();
        assert_eq!(error.lines()[0], line);
        assert_eq!(error.kind, ErrorKind::Usage);
    }
}

#[test]
fn counts_steps_and_sizes_that_make_no_sense_are_refused() {
    for option in [
        "--count=0",
        "--count=-1",
        "--count=1001",
        "--step=0",
        "--start=x",
        "--storage=5",
        "--storage=many",
    ] {
        assert!(
            Line::try_parse_from(["add", "s", option]).is_err(),
            "{option}"
        );
    }
    assert!(Line::try_parse_from(["add", "s", "x", "--role-name=x"]).is_err());
}

#[test]
fn settings_and_arguments_follow_the_number() {
    let words = ["s", "--count=2", "--", "-p", "808{number}"];
    let roles = plan(&with_settings(&words, &["--port=505{number}", "--verbose"])).unwrap();
    assert_eq!(roles[1].settings, ["--port=5051", "--verbose"]);
    assert_eq!(roles[1].arguments, ["-p", "8081"]);
}

#[test]
fn a_settings_file_is_told_by_its_absolute_path() {
    let roles = plan(&arguments(&["s", "--settings-file=x.json"])).unwrap();
    let expected = std::env::current_dir().unwrap().join("x.json");
    assert_eq!(
        roles[0].settings,
        [format!("--settings-file={}", expected.display())]
    );
}

#[test]
fn a_foreign_executable_becomes_a_role_without_being_run() {
    let fixture = Fixture::with_roles(&[]);
    let trace = fixture.folder.path().join("was-run");
    let script = format!("#!/bin/sh\ntouch {}\n", trace.display());
    fixture.file("home/bin/script", &script, 0o755);
    let words = ["script", "x", "--storage=200MB", "--", "--port", "1"];
    run(&arguments(&words), &fixture.global()).unwrap();
    let description = fixture.home.role(&role("x")).unwrap().unwrap();
    assert_eq!(description.executable, "script");
    assert_eq!(description.arguments, ["--port", "1"]);
    assert_eq!(description.storage, 200_000_000);
    assert!(description.created.ends_with('Z'));
    assert!(!trace.exists());
}

#[test]
fn what_cannot_be_added_leaves_nothing() {
    let fixture = Fixture::with_roles(&["s-1"]);
    fixture.file("home/bin/s", "#!/bin/sh\n", 0o755);
    fixture.file("home/bin/text", "text", 0o644);
    let before = contents(&fixture);
    for (words, settings, lines) in [
        (
            &["s", "--count=3"][..],
            &[][..],
            &[
                "ansar: cannot add role \"s-1\": it already exists",
                "hint: \"ansar list\" shows the roles",
            ][..],
        ),
        (
            &["text"],
            &[],
            &[
                "ansar: cannot add executable \"text\": it is neither in the home nor on PATH",
                "hint: \"ansar deploy\" copies executables into the home",
            ],
        ),
        (
            &["../s"],
            &[],
            // The name that would follow from it is what is wrong first.
            &[
                "ansar: cannot add role \"../s-0\": a name cannot have '/', \
               only letters, digits, \"_\", \"-\" and \".\"",
            ],
        ),
        (
            &["./s", "x"],
            &[],
            &[
                "ansar: cannot add executable \"./s\": expected a name in the home or on PATH",
                "hint: \"ansar deploy\" copies executables into the home",
            ],
        ),
        (
            &["s"],
            &["--port=1"],
            &[
                "ansar: cannot add executable \"s\": it has no settings, \
                 as it is not built on the framework",
                "hint: put what it is to be started with behind \"--\"",
            ],
        ),
    ] {
        let error = run(&with_settings(words, settings), &fixture.global()).unwrap_err();
        assert_eq!(error.lines(), lines, "{words:?}");
        assert_eq!(contents(&fixture), before, "{words:?}");
    }
}

#[test]
fn a_role_that_cannot_be_made_takes_all_of_its_call_with_it() {
    let fixture = Fixture::with_roles(&[]);
    fixture.file("home/bin/s", "#!/bin/sh\n", 0o755);
    // In the place of the second role's document there is a folder.
    let blocked = fixture.home.path().join("entry/s-1/role.json");
    std::fs::create_dir_all(&blocked).unwrap();
    let before = contents(&fixture);
    let error = run(&arguments(&["s", "--count=2"]), &fixture.global()).unwrap_err();
    assert!(
        error.lines()[0].starts_with("ansar: cannot remove "),
        "{error:?}"
    );
    assert_eq!(contents(&fixture), before);
}
