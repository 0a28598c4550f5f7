//! Supervisors and roles as real processes.
//!
//! Without the usual harness, because this executable is also what it tests: run with
//! `supervise …` it is a supervisor, which must have one thread only, and with `announce` and
//! others a role that carries the mark of the framework.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "this is all tests, and prints what a test harness prints"
)]

mod fixture;
mod role;
mod starting;
mod stopping;
mod supervisor;
mod unsupervised;

use std::process::ExitCode;
use std::thread;

type Test = (&'static str, fn());

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("supervise") => supervisor::run(&arguments[1..]),
        Some("announce") => role::announce(),
        Some("silent") => role::silent(),
        Some("parent") => role::parent(),
        Some("unlocked") => role::unlocked(),
        _ => run_tests(&arguments),
    }
}

/// All tests at once, as they mostly wait. Takes the words that a name must contain, `--exact`
/// and `--list` as the usual harness does, and no notice of its other options.
fn run_tests(arguments: &[String]) -> ExitCode {
    let is_exact = arguments.iter().any(|argument| argument == "--exact");
    let words: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| {
        words.is_empty()
            || words.iter().any(|word| {
                if is_exact {
                    name == *word
                } else {
                    name.contains(*word)
                }
            })
    };
    let tests = [starting::TESTS, stopping::TESTS, unsupervised::TESTS].concat();
    let tests: Vec<Test> = tests
        .into_iter()
        .filter(|(name, _)| is_wanted(name))
        .collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in tests {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let spawn = |(name, test): Test| {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(test);
        (name, thread.unwrap())
    };
    let running: Vec<_> = tests.into_iter().map(spawn).collect();
    let mut has_failed = false;
    for (name, thread) in running {
        let outcome = if thread.join().is_ok() {
            "ok"
        } else {
            "FAILED"
        };
        has_failed |= outcome != "ok";
        println!("test {name} ... {outcome}");
    }
    ExitCode::from(u8::from(has_failed))
}
