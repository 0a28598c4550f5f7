//! Stored settings that change while the program runs.

use std::any::TypeId;
use std::future::pending;

use crate::diagnostic;
use crate::file_watch::FileWatch;
use crate::http::HttpSettings;
use crate::lifecycle::SettingsChanged;
use crate::object::Program;
use crate::place::Place;
use crate::record::{self, Identity, Tag};
use crate::settings::{Configuration, Options, Settings};

/// What the settings become, again and again.
pub(crate) struct Changes<'a, S: Settings> {
    place: &'a Place,
    factory: &'a Configuration<S>,
    options: &'a Options,
    current: Configuration<S>,
    watch: Watch,
}

/// Whether anybody looks.
enum Watch {
    /// Nobody has asked yet.
    Unopened,
    Open(FileWatch),
    /// It cannot be told when they change; the record says why.
    Impossible,
}

impl<'a, S: Settings> Changes<'a, S> {
    pub(crate) fn new(
        place: &'a Place,
        factory: &'a Configuration<S>,
        options: &'a Options,
        current: Configuration<S>,
    ) -> Self {
        Self {
            place,
            factory,
            options,
            current,
            watch: Watch::Unopened,
        }
    }

    /// The next settings that differ from those before, for an object that wants to know.
    pub(crate) async fn next<P: Program<Settings = S>>(&mut self) -> S {
        if !P::handles(TypeId::of::<SettingsChanged<S>>()) {
            return pending().await;
        }
        loop {
            self.wait().await;
            let read = self
                .place
                .changed_configuration(self.factory, self.options, &self.current);
            match read {
                Ok(None) => {}
                Ok(Some(changed)) => {
                    warn_of_http(&self.current.http, &changed.http);
                    self.current = changed;
                    return self.current.settings.clone();
                }
                Err(error) => warn(&format!(
                    "Kept the settings as they were, {}",
                    diagnostic::chain(&error)
                )),
            }
        }
    }

    /// Waits until there may be others. What has changed since the first reading is one.
    async fn wait(&mut self) {
        match &mut self.watch {
            Watch::Unopened => match self.place.watch_settings(self.options) {
                Ok(watch) => self.watch = Watch::Open(watch),
                Err(error) => self.give_up(&diagnostic::chain(&error)),
            },
            Watch::Open(watch) => {
                if let Err(error) = watch.changed().await {
                    self.give_up(&error.to_string());
                }
            }
            Watch::Impossible => pending().await,
        }
    }

    fn give_up(&mut self, reason: &str) {
        warn(&format!("Cannot tell when the settings change, {reason}"));
        self.watch = Watch::Impossible;
    }
}

/// Sockets and threads are there already.
fn warn_of_http(current: &HttpSettings, changed: &HttpSettings) {
    if current != changed {
        warn("The settings of HTTP have changed, which counts from the next start");
    }
}

fn warn(text: &str) {
    record::write(Tag::Warning, Identity::PROCESS, format_args!("{text}"));
}
