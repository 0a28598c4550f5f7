//! The diagnostic record: what happened, when, and to which object.
//!
//! A line is `<UTC stamp> <tag> <object>Name - text`. Nothing is recorded until
//! `open` says where to: the terminal, from a level up, or the store of a role,
//! which keeps everything.

mod events;
#[cfg(feature = "test")]
pub(crate) mod kept;
mod macros;
mod panics;
mod states;

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ansar_log::{Clock, Line, Record, Text, Writer};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

pub use ansar_log::{Level, Tag};

/// Lines that may wait for a slow terminal, before the next ones are counted in its place.
const TERMINAL_LINES: usize = 65_536;

/// An object as the record shows it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    number: u32,
    /// As the record shows it, `Door` or `Door[OPEN]`.
    shown: &'static str,
    name: &'static str,
    state: Option<&'static str>,
}

impl Identity {
    /// The process itself, which creates all others.
    pub(crate) const PROCESS: Self = Self::new(1, "Process");

    const fn new(number: u32, name: &'static str) -> Self {
        Self {
            number,
            shown: name,
            name,
            state: None,
        }
    }

    /// Gives an object the next number, and records its creation.
    pub(crate) fn create(name: &'static str, creator: Self) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(Identity::PROCESS.number + 1);
        let identity = Self::new(NEXT.fetch_add(1, Ordering::Relaxed), name);
        write(Tag::Created, identity, format_args!("Created by {creator}"));
        identity
    }

    pub(crate) fn number(self) -> u32 {
        self.number
    }

    pub(crate) fn state(self) -> Option<&'static str> {
        self.state
    }

    /// The same object in another state.
    pub(crate) fn in_state(self, state: Option<&'static str>) -> Self {
        let shown = state.map_or(self.name, |state| states::shown(self.name, state));
        Self {
            shown,
            state,
            ..self
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{:08x}>", self.number)
    }
}

/// The name of a type without its path and parameters.
pub(crate) fn short_name<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

thread_local! {
    static CURRENT: Cell<Identity> = const { Cell::new(Identity::PROCESS) };
}

/// The object whose code is running.
pub(crate) fn current() -> Identity {
    CURRENT.get()
}

/// Until dropped, what the author records is said by this object.
pub(crate) fn enter(identity: Identity) -> Entered {
    Entered {
        former: CURRENT.replace(identity),
    }
}

#[derive(Debug)]
pub(crate) struct Entered {
    former: Identity,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.former);
    }
}

/// The least level that anything is done with; above every level when nothing is recorded.
static LEAST: AtomicU8 = AtomicU8::new(u8::MAX);
static SINKS: OnceLock<Mutex<Sinks>> = OnceLock::new();

/// Where records go.
struct Sinks {
    clock: Clock,
    terminal: Option<Terminal>,
    store: Option<Writer>,
}

/// Records on standard error, written by a thread of their own.
struct Terminal {
    least: Level,
    writer: NonBlocking,
    line: Line,
    buffer: Vec<u8>,
    process: u32,
}

impl Terminal {
    fn open(least: Level) -> (Self, Flush) {
        let (writer, worker) = NonBlockingBuilder::default()
            .buffered_lines_limit(TERMINAL_LINES)
            .finish(io::stderr());
        let flush = Flush {
            lost: writer.error_counter(),
            worker: Some(worker),
        };
        let process = std::process::id();
        (
            Self {
                least,
                writer,
                line: Line::new(),
                buffer: Vec::new(),
                process,
            },
            flush,
        )
    }

    fn write(&mut self, record: &Record<'_>) {
        if record.tag.level() < self.least {
            return;
        }
        self.buffer.clear();
        // Neither a buffer in memory nor the queue of lines can refuse; what the queue
        // has no room for, it counts.
        let _ = write!(self.buffer, "[{:08}] ", self.process);
        self.buffer.extend_from_slice(self.line.format(record));
        let _ = self.writer.write_all(&self.buffer);
    }
}

/// Shows what is still on its way to the terminal, when dropped.
#[must_use]
#[derive(Debug)]
pub(crate) struct Flush {
    lost: ErrorCounter,
    worker: Option<WorkerGuard>,
}

impl Drop for Flush {
    fn drop(&mut self) {
        drop(self.worker.take());
        let lost = self.lost.dropped_lines();
        if lost > 0 {
            let _ = writeln!(
                io::stderr(),
                "{lost} records were not shown: the terminal was too slow"
            );
        }
    }
}

/// Begins to record: to the terminal from a level up, to a folder everything.
/// Called at most once in a process.
pub(crate) fn open(
    terminal: Option<Level>,
    store: Option<(&Path, u64)>,
) -> Result<Option<Flush>, ansar_log::Error> {
    let store = store
        .map(|(folder, cap)| Writer::open(folder, cap))
        .transpose()?;
    let (terminal, flush) = terminal.map(Terminal::open).unzip();
    let least = match (&store, &terminal) {
        (Some(_), _) => Level::Debug as u8,
        (None, Some(terminal)) => terminal.least as u8,
        (None, None) => u8::MAX,
    };
    let sinks = Sinks {
        clock: Clock::new(),
        terminal,
        store,
    };
    if SINKS.set(Mutex::new(sinks)).is_ok() {
        LEAST.store(least, Ordering::Release);
        panics::record_instead_of_printing();
        events::record_those_of_the_ecosystem();
    }
    Ok(flush)
}

/// Whether anything is done with records of a level.
pub(crate) fn is_enabled(level: Level) -> bool {
    level as u8 >= LEAST.load(Ordering::Relaxed)
}

/// Records what an object says.
pub(crate) fn write(tag: Tag, identity: Identity, text: fmt::Arguments<'_>) {
    #[cfg(feature = "test")]
    kept::keep(tag, identity.shown, text);
    if is_enabled(tag.level()) {
        write_enabled(tag, identity, Text::Format(text));
    }
}

#[cold]
fn write_enabled(tag: Tag, identity: Identity, text: Text<'_>) {
    let Some(sinks) = SINKS.get() else { return };
    let mut sinks = sinks.lock().unwrap_or_else(PoisonError::into_inner);
    let Sinks {
        clock,
        terminal,
        store,
    } = &mut *sinks;
    // The stamp is taken under the lock, so that stamps stand in the order of the lines.
    let record = Record {
        stamp: clock.now(),
        tag,
        object: identity.number,
        name: identity.shown,
        text,
    };
    if let Some(terminal) = terminal {
        terminal.write(&record);
    }
    if let Some(store) = store {
        store.write(&record);
    }
}

/// Records what the author says, in the name of the object whose handler is running.
#[doc(hidden)]
pub fn say(tag: Tag, text: fmt::Arguments<'_>) {
    write(tag, CURRENT.get(), text);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Generic<T>(T);

    #[test]
    fn an_object_is_shown_by_its_short_name_and_eight_digits() {
        assert_eq!(short_name::<Generic<Vec<String>>>(), "Generic");
        assert_eq!(Identity::new(0x1a, "Server").to_string(), "<0000001a>");
    }

    #[test]
    fn what_is_said_in_a_handler_is_said_by_its_object() {
        let server = Identity::new(7, "Server");
        let entered = enter(server);
        assert_eq!(CURRENT.get(), server);
        drop(entered);
        assert_eq!(CURRENT.get(), Identity::PROCESS);
    }
}
