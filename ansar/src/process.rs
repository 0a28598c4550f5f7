//! A process from its command line to its exit status.

use std::env;
use std::process::ExitCode;
use std::rc::Rc;

use tokio::runtime::{self, LocalOptions};

use crate::context::{Command, Completion, Context};
use crate::diagnostic;
use crate::fault::{Fault, Faulted};
use crate::http::{Listener, NoListener};
use crate::mailbox::Mailbox;
use crate::mark;
use crate::message::{self, Ack};
use crate::object::Object;
use crate::program::{PlaceError, Program};
use crate::readiness::Readiness;
use crate::record::{self, Identity, Tag};
use crate::settings::{Action, Configuration, Options, Settings};
use crate::signals::{StopSignal, StopSignals};

/// Exit status of a program that could not go on.
const EXIT_FAULT: u8 = 1;
/// Exit status of a program whose command line makes no sense.
const EXIT_USAGE: u8 = 2;
/// How many threads may look up names at once, which is all that threads are for.
const BLOCKING_THREADS: usize = 1;

/// Runs a program that is one object: reads the command line and the settings,
/// creates the object, and serves until it completes.
///
/// The exit status is 0 when the object completes with a value, 1 when with a
/// fault, 2 when the command line makes no sense, and 128 and the number of the
/// signal when a signal has ended it: 130 for control-c.
pub fn run<O: Object>(factory: O::Settings) -> ExitCode {
    mark::keep();
    let mut arguments = env::args_os();
    let program = match Program::of_this_process(arguments.next().as_deref()) {
        Ok(program) => program,
        Err(error) => {
            diagnostic::complain("ansar", &diagnostic::chain(&error));
            return EXIT_FAULT.into();
        }
    };
    let factory = Configuration::factory(factory);
    match Options::parse(&program.name, &factory, arguments) {
        Ok(options) => perform::<O>(&program, &factory, &options).into(),
        Err(error) => {
            diagnostic::complain(&program.name, &error.problem);
            diagnostic::hint(&error.hint);
            EXIT_USAGE.into()
        }
    }
}

fn perform<O: Object>(
    program: &Program,
    factory: &Configuration<O::Settings>,
    options: &Options,
) -> u8 {
    match &options.action {
        Action::Print(text) => {
            diagnostic::print(text);
            0
        }
        Action::FactoryReset => stored(program, factory, factory),
        Action::Run | Action::DumpSettings | Action::StoreSettings => {
            match program.configuration(factory, options) {
                Err(error) => complain(program, &error),
                Ok(configuration) => perform_with::<O>(program, factory, options, configuration),
            }
        }
    }
}

fn perform_with<O: Object>(
    program: &Program,
    factory: &Configuration<O::Settings>,
    options: &Options,
    configuration: Configuration<O::Settings>,
) -> u8 {
    match options.action {
        Action::DumpSettings => {
            diagnostic::print(&configuration.dump(factory));
            0
        }
        Action::StoreSettings => stored(program, factory, &configuration),
        _ => serve::<O>(program, factory, options, configuration),
    }
}

fn stored<S: Settings>(
    program: &Program,
    factory: &Configuration<S>,
    configuration: &Configuration<S>,
) -> u8 {
    if let Err(error) = program.store_settings(factory, configuration) {
        return complain(program, &error);
    }
    diagnostic::print(&message::human(&Ack {}));
    0
}

fn complain(program: &Program, error: &PlaceError) -> u8 {
    diagnostic::complain(&program.name, &diagnostic::chain(error));
    match error {
        PlaceError::Given(_) | PlaceError::Variable(_) => return EXIT_USAGE,
        PlaceError::Settings { path, .. }
        | PlaceError::Home(ansar_home_layout::Error::Damaged { path, .. }) => {
            diagnostic::hint(if *path == program.settings_file() {
                "mend the file, or give --factory-reset to store the factory settings in its place"
            } else {
                "mend the file, or name another one"
            });
        }
        _ => {}
    }
    EXIT_FAULT
}

fn serve<O: Object>(
    program: &Program,
    factory: &Configuration<O::Settings>,
    options: &Options,
    configuration: Configuration<O::Settings>,
) -> u8 {
    let store = match program.store() {
        Ok(store) => store,
        Err(error) => return complain(program, &error),
    };
    let store = store.as_ref().map(|(folder, cap)| (folder.as_path(), *cap));
    let flush = match record::open(options.debug_level, store) {
        Ok(flush) => flush,
        Err(error) => {
            diagnostic::complain(&program.name, &diagnostic::chain(&error));
            return EXIT_FAULT;
        }
    };
    record_surroundings::<O>();
    for variable in program.stray_variables::<O::Settings>() {
        record::write(
            Tag::Warning,
            Identity::PROCESS,
            format_args!("The variable {variable} names no setting"),
        );
    }
    if options.settings_file.is_none()
        && let Err(error) = program.store_first_settings(factory)
    {
        // A place that cannot be written is no reason not to serve.
        record::write(
            Tag::Warning,
            Identity::PROCESS,
            format_args!("{}", diagnostic::chain(&error)),
        );
    }
    let (completion, signal) = in_runtime::<O>(configuration.settings);
    // The diagnostic stands after the last record.
    drop(flush);
    conclude(program, completion, signal)
}

fn record_surroundings<O: Object>() {
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
        std::any::type_name::<O>()
    ));
}

/// Says how it ended, and turns that into the exit status.
fn conclude(program: &Program, completion: Completion, signal: Option<StopSignal>) -> u8 {
    match completion {
        Completion::Value(value) => {
            diagnostic::print(&value);
            0
        }
        Completion::Aborted(fault) => {
            diagnostic::complain(&program.name, &fault.to_string());
            signal.map_or(EXIT_FAULT, StopSignal::exit_status)
        }
        Completion::Fault(fault) => {
            diagnostic::complain(&program.name, &fault.to_string());
            EXIT_FAULT
        }
    }
}

/// One thread for the sockets, the timers and the object.
fn in_runtime<O: Object>(settings: O::Settings) -> (Completion, Option<StopSignal>) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build_local(LocalOptions::default());
    match runtime {
        Ok(runtime) => runtime.block_on(live::<O>(settings)),
        Err(error) => {
            let fault = Faulted::failed("cannot begin", error.to_string());
            (Completion::of(&fault), None)
        }
    }
}

/// The life of the object.
async fn live<O: Object>(settings: O::Settings) -> (Completion, Option<StopSignal>) {
    let failed = |fault: Faulted| (Completion::of(&fault), None);
    let mut signals = match StopSignals::take() {
        Ok(signals) => signals,
        Err(error) => return failed(Faulted::failed("cannot take signals", error.to_string())),
    };
    let context = Context::new(Rc::new(settings.clone()));
    let mailbox = match Mailbox::<O>::create(Identity::PROCESS, settings, context) {
        Ok(mailbox) => Rc::new(mailbox),
        Err(fault) => return failed(fault),
    };
    let mut life = Life {
        mailbox,
        listeners: Vec::new(),
        readiness: Readiness::from_environment(),
        is_ready: false,
    };
    life.tell("Start", O::start);
    let (completion, signal) = life.until_completion(&mut signals).await;
    life.end(&mut signals).await;
    (completion, signal)
}

/// An object, and what it has got from the framework.
struct Life<O: Object> {
    mailbox: Rc<Mailbox<O>>,
    listeners: Vec<Listener>,
    readiness: Readiness,
    is_ready: bool,
}

impl<O: Object> Life<O> {
    /// Sends the object a message of the framework's own. A panic in its handler
    /// cannot be answered to anybody: it ends the object.
    fn tell(&self, name: &str, handle: impl FnOnce(&mut O, &mut Context<O>)) {
        record::write(
            Tag::Sent,
            Identity::PROCESS,
            format_args!("Sent {name} to {}", self.mailbox.identity()),
        );
        if let Err(fault) = self.mailbox.deliver(Identity::PROCESS, name, handle) {
            self.mailbox.fail(fault);
        }
    }

    async fn until_completion(
        &mut self,
        signals: &mut StopSignals,
    ) -> (Completion, Option<StopSignal>) {
        let mut last_signal = None;
        loop {
            for command in self.mailbox.take_commands() {
                match command {
                    Command::Listen(address) => self.listen(address).await,
                    Command::Complete(completion) => return (completion, last_signal),
                }
            }
            if !self.is_ready && !self.mailbox.has_commands() {
                self.is_ready = true;
                self.readiness.ready();
            }
            tokio::select! {
                () = self.mailbox.has_asked() => {}
                signal = signals.next() => {
                    last_signal = Some(signal);
                    self.tell("Stop", O::stop);
                }
            }
        }
    }

    async fn listen(&mut self, address: crate::HostPort) {
        match Listener::open(address, &self.mailbox, Identity::PROCESS).await {
            Ok(listener) => self.listeners.push(listener),
            Err(NoListener::Address(reason)) => {
                self.tell("NotListening", |object, context| {
                    object.not_listening(reason, context);
                });
            }
            Err(NoListener::Declaration(fault)) => self.mailbox.fail(fault),
        }
    }

    /// Lets requests in progress end; another signal cuts that short.
    async fn end(self, signals: &mut StopSignals) {
        self.readiness.stopping();
        let close = async {
            for listener in self.listeners {
                listener.close().await;
            }
        };
        tokio::select! {
            () = close => {}
            signal = signals.next() => {
                record::write(Tag::Warning, Identity::PROCESS, format_args!("Cut short by {signal:?}"));
            }
        }
        record::write(
            Tag::Destroyed,
            self.mailbox.identity(),
            format_args!("Destroyed"),
        );
    }
}

impl From<Fault> for Faulted {
    fn from(fault: Fault) -> Self {
        Self::failed(fault.condition, fault.explanation).with_status(fault.status)
    }
}
