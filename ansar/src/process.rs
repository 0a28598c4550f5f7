//! A process from its command line to its exit status.

use std::env;
use std::process::ExitCode;

use crate::context::Conclusion;
use crate::diagnostic;
use crate::mark;
use crate::message::{self, Ack};
use crate::object::Program;
use crate::place::{Place, PlaceError};
use crate::record::{self, Identity, Tag};
use crate::serving::Plan;
use crate::settings::{Action, Options, Settings, Stored};
use crate::signals::StopSignal;

/// Exit status of a program that could not go on.
const EXIT_FAULT: u8 = 1;
/// Exit status of a program whose command line makes no sense.
const EXIT_USAGE: u8 = 2;

/// Runs a program that is one object: reads the command line and the settings,
/// creates the object, and serves until it completes.
///
/// The exit status is 0 when the object completes with a value, 1 when with a
/// fault, 2 when the command line makes no sense, and 128 and the number of the
/// signal when a signal has ended it: 130 for control-c.
pub fn run<P: Program>(factory: P::Settings) -> ExitCode {
    mark::keep();
    let mut arguments = env::args_os();
    let place = match Place::of_this_process(arguments.next().as_deref()) {
        Ok(place) => place,
        Err(error) => {
            diagnostic::complain("ansar", &diagnostic::chain(&error));
            return EXIT_FAULT.into();
        }
    };
    match Options::parse(&place.name, &factory, arguments) {
        Ok(options) => perform::<P>(&place, &factory, &options).into(),
        Err(error) => {
            diagnostic::complain(&place.name, &error.problem);
            diagnostic::hint(&error.hint);
            EXIT_USAGE.into()
        }
    }
}

fn perform<P: Program>(place: &Place, factory: &P::Settings, options: &Options) -> u8 {
    match &options.action {
        Action::Print(text) => {
            diagnostic::print(text);
            0
        }
        Action::FactoryReset => stored(place, factory),
        Action::Run | Action::DumpSettings | Action::StoreSettings => {
            match place.settings(factory, options.settings_file.as_deref(), &options.given) {
                Err(error) => complain(place, &error),
                Ok(settings) => perform_with::<P>(place, factory, options, settings),
            }
        }
    }
}

fn perform_with<P: Program>(
    place: &Place,
    factory: &P::Settings,
    options: &Options,
    settings: P::Settings,
) -> u8 {
    match options.action {
        Action::DumpSettings => dump(&settings),
        Action::StoreSettings => stored(place, &settings),
        _ => serve::<P>(place, factory, options, settings),
    }
}

fn stored<S: Settings>(place: &Place, settings: &S) -> u8 {
    if let Err(error) = place.store_settings(settings) {
        return complain(place, &error);
    }
    diagnostic::print(&message::human(&Ack {}));
    0
}

fn dump<S: Settings>(settings: &S) -> u8 {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(&Stored { value: settings }, &mut serializer)
        .expect("settings came from JSON, and go back to it");
    diagnostic::print(&String::from_utf8_lossy(&text));
    0
}

fn complain(place: &Place, error: &PlaceError) -> u8 {
    diagnostic::complain(&place.name, &diagnostic::chain(error));
    match error {
        PlaceError::Option(_) => return EXIT_USAGE,
        PlaceError::Settings { .. }
        | PlaceError::Home(ansar_home_layout::Error::Damaged { .. }) => {
            diagnostic::hint(
                "mend the file, or give --factory-reset to store the factory settings in its place",
            );
        }
        _ => {}
    }
    EXIT_FAULT
}

fn serve<P: Program>(
    place: &Place,
    factory: &P::Settings,
    options: &Options,
    settings: P::Settings,
) -> u8 {
    let store = match place.store() {
        Ok(store) => store,
        Err(error) => return complain(place, &error),
    };
    let store = store.as_ref().map(|(folder, cap)| (folder.as_path(), *cap));
    let flush = match record::open(options.debug_level, store) {
        Ok(flush) => flush,
        Err(error) => {
            diagnostic::complain(&place.name, &diagnostic::chain(&error));
            return EXIT_FAULT;
        }
    };
    record_surroundings::<P>();
    if options.settings_file.is_none()
        && let Err(error) = place.store_first_settings(factory)
    {
        // A place that cannot be written is no reason not to serve.
        record::write(
            Tag::Warning,
            Identity::PROCESS,
            format_args!("{}", diagnostic::chain(&error)),
        );
    }
    let http = P::http();
    let (conclusion, signal) = Plan::<P> { settings, http }.serve();
    // The diagnostic stands after the last record.
    drop(flush);
    conclude(place, conclusion, signal)
}

fn record_surroundings<P: Program>() {
    let trace = |text: &str| record::write(Tag::Trace, Identity::PROCESS, format_args!("{text}"));
    let id = std::process::id();
    if let Ok(path) = env::current_exe() {
        trace(&format!(
            "Executable \"{}\" as object process ({id})",
            path.display()
        ));
    }
    if let Ok(path) = env::current_dir() {
        trace(&format!("Working folder \"{}\"", path.display()));
    }
    trace(&format!(
        "Running object \"{}\"",
        std::any::type_name::<P>()
    ));
}

/// Says how it ended, and turns that into the exit status.
fn conclude(place: &Place, conclusion: Conclusion, signal: Option<StopSignal>) -> u8 {
    match conclusion {
        Conclusion::Value(text) => {
            diagnostic::print(&text);
            0
        }
        Conclusion::Aborted(fault) => {
            diagnostic::complain(&place.name, &fault.to_string());
            signal.map_or(EXIT_FAULT, StopSignal::exit_status)
        }
        Conclusion::Fault(fault) => {
            diagnostic::complain(&place.name, &fault.to_string());
            EXIT_FAULT
        }
    }
}
