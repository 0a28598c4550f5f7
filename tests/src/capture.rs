//! What a running program prints, read as it comes.

use std::io::{ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use crate::deadline::{Deadline, LIMIT};

/// Everything that has come out of a pipe so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capture(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    printed: Mutex<Printed>,
    has_more: Condvar,
}

#[derive(Debug, Default)]
struct Printed {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Capture {
    /// Begins to read, on a thread of its own.
    pub(crate) fn begin(mut pipe: impl Read + Send + 'static) -> Self {
        let capture = Self::default();
        let writer = capture.clone();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(length) => writer.add(&buffer[..length]),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            writer.end();
        });
        capture
    }

    fn add(&self, bytes: &[u8]) {
        self.printed().bytes.extend_from_slice(bytes);
        self.0.has_more.notify_all();
    }

    fn end(&self) {
        self.printed().is_over = true;
        self.0.has_more.notify_all();
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        self.0.printed.lock().expect("nothing panics while it holds this")
    }

    /// What has been printed so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.printed().bytes).into_owned()
    }

    /// Waits for a line of which `find` makes something.
    pub(crate) fn wait_for<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Deadline::new();
        let mut printed = self.printed();
        // Where the first line begins that was not complete at the last look.
        let mut seen = 0;
        loop {
            while let Some(length) = printed.bytes[seen..].iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&printed.bytes[seen..seen + length]);
                if let Some(found) = find(&line) {
                    return found;
                }
                seen += length + 1;
            }
            let left = deadline.left().filter(|_| !printed.is_over);
            let Some(left) = left else {
                let text = String::from_utf8_lossy(&printed.bytes);
                panic!("no line was {what}, in {LIMIT:?} or to the end of:\n{text}");
            };
            let waited = self.0.has_more.wait_timeout(printed, left);
            printed = waited.expect("nothing panics while it holds this").0;
        }
    }

    /// Waits until nobody can print any more, and returns all of it.
    pub(crate) fn to_end(&self) -> String {
        let deadline = Deadline::new();
        let mut printed = self.printed();
        while !printed.is_over {
            let Some(left) = deadline.left() else {
                let text = String::from_utf8_lossy(&printed.bytes);
                panic!("somebody still holds the output after {LIMIT:?}, so far:\n{text}");
            };
            let waited = self.0.has_more.wait_timeout(printed, left);
            printed = waited.expect("nothing panics while it holds this").0;
        }
        String::from_utf8_lossy(&printed.bytes).into_owned()
    }
}
