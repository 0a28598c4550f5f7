//! What a role prints, on its way from two pipes to the role's store.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Instant;

use ansar_home_layout::{Home, Output, RoleName};
use ansar_log::{Record, Tag, Writer};

use crate::clock;
use crate::error::{Error, file};
use crate::fifo;
use crate::lines::Lines;

/// The last lines that are kept for a report: what a program says before it gives up.
pub(crate) const TAIL_LINES_MAX: usize = 10;

/// What is kept of one such line, in bytes: enough to read, little to hold for every role.
const TAIL_LINE_BYTES_MAX: usize = 500;

/// What is read at once.
const READ_BYTES: usize = 16 * 1024;

/// Reads in one turn (64 KiB, a full pipe): then the others have theirs, so that a role that
/// floods delays no other by more.
const TURN_READS_MAX: usize = 4;

/// Turns in which a pipe is emptied at the end of a role. It holds 64 KiB, or 1 MiB when the
/// role has enlarged it; more than that comes from a process that goes on printing.
const DRAIN_TURNS_MAX: usize = 17;

/// Whether a turn has left something to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The pipe is empty.
    Emptied,
    /// There may be more.
    More,
}

/// One of the two pipes.
#[derive(Debug)]
pub(crate) struct Pipe<R> {
    output: Output,
    reader: R,
    lines: RefCell<Lines>,
}

/// Both pipes of a role, and what becomes of the lines. `R` is how they are open: to a runtime,
/// or as plain files.
#[derive(Debug)]
pub(crate) struct Capture<R> {
    pipes: [Rc<Pipe<R>>; 2],
    store: RefCell<Store>,
}

#[derive(Debug)]
struct Store {
    writer: Writer,
    tail: VecDeque<Vec<u8>>,
}

impl<R: AsFd> Capture<R> {
    /// Opens the pipes of a role, which are made when they are missing, and its store.
    pub(crate) fn open(
        home: &Home,
        role: &RoleName,
        storage: u64,
        reader_of: impl Fn(File) -> io::Result<R>,
    ) -> Result<Self, Error> {
        let writer = Writer::open(&home.logs(role), storage)?;
        let pipe = |output| -> Result<_, Error> {
            let path = home.fifo(role, output);
            fifo::make(&path)?;
            let reader = reader_of(fifo::open_reader(&path)?).map_err(file("open pipe", &path))?;
            Ok(Rc::new(Pipe {
                output,
                reader,
                lines: RefCell::default(),
            }))
        };
        Ok(Self {
            pipes: [pipe(Output::Out)?, pipe(Output::Err)?],
            store: RefCell::new(Store {
                writer,
                tail: VecDeque::new(),
            }),
        })
    }

    /// The pipes, to be listened to.
    pub(crate) fn pipes(&self) -> &[Rc<Pipe<R>>; 2] {
        &self.pipes
    }

    /// Stores what is in a pipe, up to the bytes of one turn. `read` reads from it, and refuses
    /// to wait.
    pub(crate) fn turn(
        &self,
        pipe: &Pipe<R>,
        now: Instant,
        mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<Turn> {
        let mut buffer = [0; READ_BYTES];
        for _ in 0..TURN_READS_MAX {
            let length = match read(&mut buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Turn::Emptied);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut store = self.store.borrow_mut();
            let mut lines = pipe.lines.borrow_mut();
            lines.take(&buffer[..length], now, |line| store.add(pipe.output, line));
        }
        Ok(Turn::More)
    }

    /// As [`Capture::turn`], with what is in the pipe right now, whatever a runtime knows of it.
    pub(crate) fn turn_now(&self, pipe: &Pipe<R>, now: Instant) -> io::Result<Turn> {
        self.turn(pipe, now, |buffer| {
            Ok(rustix::io::read(&pipe.reader, buffer)?)
        })
    }

    /// Stores the beginning of a line that has waited for its end.
    pub(crate) fn flush(&self, pipe: &Pipe<R>) {
        let mut store = self.store.borrow_mut();
        pipe.lines
            .borrow_mut()
            .flush(|line| store.add(pipe.output, line));
    }

    /// Stores all that both pipes hold, the beginnings of lines included: nothing follows.
    pub(crate) fn drain(&self, now: Instant) -> io::Result<()> {
        for pipe in &self.pipes {
            for _ in 0..DRAIN_TURNS_MAX {
                if self.turn_now(pipe, now)? == Turn::Emptied {
                    break;
                }
            }
            self.flush(pipe);
        }
        Ok(())
    }

    /// As [`Capture::drain`], with what was printed in an earlier run: no report tells of it.
    pub(crate) fn drain_earlier_run(&self, now: Instant) -> io::Result<()> {
        self.drain(now)?;
        self.store.borrow_mut().tail.clear();
        Ok(())
    }

    /// The last lines, oldest first.
    pub(crate) fn tail(&self) -> Vec<String> {
        let store: Ref<'_, Store> = self.store.borrow();
        store
            .tail
            .iter()
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect()
    }
}

impl Store {
    fn add(&mut self, output: Output, line: &[u8]) {
        let (tag, name) = match output {
            Output::Out => (Tag::Output, "stdout"),
            Output::Err => (Tag::ErrorOutput, "stderr"),
        };
        // What could not be stored is counted and told by the store itself.
        self.writer.write(&Record {
            stamp: clock::stamp(),
            tag,
            object: 0,
            name,
            text: line.into(),
        });
        if self.tail.len() == TAIL_LINES_MAX {
            self.tail.pop_front();
        }
        self.tail
            .push_back(line[..line.len().min(TAIL_LINE_BYTES_MAX)].to_vec());
    }
}

impl<R> Pipe<R> {
    /// What to wait on.
    pub(crate) fn reader(&self) -> &R {
        &self.reader
    }

    /// When the beginning of a line is to be flushed.
    pub(crate) fn flush_at(&self) -> Option<Instant> {
        self.lines.borrow().flush_at()
    }
}
