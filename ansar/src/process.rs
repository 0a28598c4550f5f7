//! A process from its command line to its exit status.

use std::env;
use std::process::ExitCode;

use crate::changes::Changes;
use crate::context::Conclusion;
use crate::diagnostic;
use crate::mark;
use crate::message::{self, Ack};
use crate::object::Program;
use crate::open_files;
use crate::place::{Place, PlaceError};
use crate::record::{self, Identity, Tag};
use crate::serving::Plan;
use crate::settings::{Action, Configuration, Options, Settings};
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
///
/// ```no_run
/// use std::process::ExitCode;
///
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {}
/// # impl Program for Server {
/// #     type Settings = ();
/// #     type Api = ();
/// #     fn create((): ()) -> Self { Self }
/// # }
/// fn main() -> ExitCode {
///     ansar::run::<Server>(())
/// }
/// ```
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
    let factory = Configuration::factory(factory, P::http());
    match Options::parse(&place.name, &factory, arguments) {
        Ok(options) => perform::<P>(&place, &factory, &options).into(),
        Err(error) => {
            diagnostic::complain(&place.name, &error.problem);
            diagnostic::hint(&error.hint);
            EXIT_USAGE.into()
        }
    }
}

fn perform<P: Program>(
    place: &Place,
    factory: &Configuration<P::Settings>,
    options: &Options,
) -> u8 {
    match &options.action {
        Action::Print(text) => {
            diagnostic::print(text);
            0
        }
        Action::FactoryReset => stored(place, factory, factory),
        Action::Run | Action::DumpSettings | Action::StoreSettings => {
            match place.configuration(factory, options) {
                Err(error) => complain(place, &error),
                Ok(configuration) => perform_with::<P>(place, factory, options, configuration),
            }
        }
    }
}

fn perform_with<P: Program>(
    place: &Place,
    factory: &Configuration<P::Settings>,
    options: &Options,
    configuration: Configuration<P::Settings>,
) -> u8 {
    match options.action {
        Action::DumpSettings => match configuration.dump(factory) {
            Ok(text) => {
                diagnostic::print(&text);
                0
            }
            Err(error) => complain(place, &error.into()),
        },
        Action::StoreSettings => stored(place, factory, &configuration),
        _ => serve::<P>(place, factory, options, configuration),
    }
}

fn stored<S: Settings>(
    place: &Place,
    factory: &Configuration<S>,
    configuration: &Configuration<S>,
) -> u8 {
    if let Err(error) = place.store_settings(factory, configuration) {
        return complain(place, &error);
    }
    diagnostic::print(&message::human(&Ack {}));
    0
}

fn complain(place: &Place, error: &PlaceError) -> u8 {
    diagnostic::complain(&place.name, &diagnostic::chain(error));
    match error {
        PlaceError::Given(_) | PlaceError::Variable(_) => return EXIT_USAGE,
        PlaceError::Settings { path, .. }
        | PlaceError::Home(ansar_home_layout::Error::Damaged { path, .. }) => {
            diagnostic::hint(if *path == place.settings_file() {
                "mend the file, or give --factory-reset to store the factory settings in its place"
            } else {
                "mend the file, or name another one"
            });
        }
        _ => {}
    }
    EXIT_FAULT
}

fn serve<P: Program>(
    place: &Place,
    factory: &Configuration<P::Settings>,
    options: &Options,
    configuration: Configuration<P::Settings>,
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
    open_files::raise_limit();
    for variable in place.stray_variables::<P::Settings>() {
        record::write(
            Tag::Warning,
            Identity::PROCESS,
            format_args!("The variable {variable} names no setting"),
        );
    }
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
    let changes = Changes::new(place, factory, options, configuration.clone());
    let (conclusion, signal) = Plan::<P>::new(configuration).serve(changes);
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
