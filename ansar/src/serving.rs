//! The object that is the program, from its creation to its completion, on one thread or
//! on several.
//!
//! With several threads, each has an object of its own and a socket of its own, and all
//! sockets share the port: the system spreads the clients over them. Nothing is shared
//! between the objects, and so no request crosses from one thread to another.

use std::io;
use std::pin::pin;
use std::rc::Rc;

use tokio::runtime::{self, LocalOptions};
use tokio::sync::mpsc;

use crate::blocking;
use crate::changes::Changes;
use crate::context::Conclusion;
use crate::crew::{Crew, News};
use crate::family::Parent;
use crate::fault::{Aborted, Faulted};
use crate::guard::constructed;
use crate::http::Ports;
use crate::life::Life;
use crate::lifecycle::{SettingsChanged, Start, Stop};
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::object::Program;
use crate::readiness::Readiness;
use crate::record::{self, Identity, Tag};
use crate::settings::{Configuration, Settings};
use crate::signals::{StopSignal, StopSignals};

/// Everything that it takes to create the object, on any thread.
#[derive(Debug)]
pub(crate) struct Plan<P: Program> {
    configuration: Configuration<P::Settings>,
}

// Derived, it would ask for an object that can be cloned.
impl<P: Program> Clone for Plan<P> {
    fn clone(&self) -> Self {
        Self::new(self.configuration.clone())
    }
}

/// What a thread is told from outside.
#[derive(Debug, Clone)]
pub(crate) enum Order<S> {
    Stop,
    ChangeSettings(S),
}

impl<P: Program> Plan<P> {
    pub(crate) fn new(configuration: Configuration<P::Settings>) -> Self {
        Self { configuration }
    }

    /// Has objects that are not created yet be created with other settings.
    pub(crate) fn change_settings(&mut self, settings: P::Settings) {
        self.configuration.settings = settings;
    }

    /// How many threads serve.
    pub(crate) fn threads(&self) -> usize {
        self.configuration.http.threads
    }

    /// Serves until the object completes, or a signal ends it.
    pub(crate) fn serve(
        self,
        changes: Changes<'_, P::Settings>,
    ) -> (Conclusion, Option<StopSignal>) {
        run(self.live(changes)).unwrap_or_else(|error| (failed("cannot begin", &error), None))
    }

    async fn live(self, changes: Changes<'_, P::Settings>) -> (Conclusion, Option<StopSignal>) {
        match StopSignals::take() {
            Ok(signals) if self.threads() > 1 => self.live_with_crew(signals, changes).await,
            Ok(signals) => self.live_alone(signals, changes).await,
            Err(error) => (failed("cannot take signals", &error), None),
        }
    }

    async fn live_alone(
        self,
        mut signals: StopSignals,
        mut changes: Changes<'_, P::Settings>,
    ) -> (Conclusion, Option<StopSignal>) {
        let mailbox = match self.create() {
            Ok(mailbox) => mailbox,
            Err(fault) => return (Conclusion::of_fault(&fault), None),
        };
        let life = Life::new(Rc::clone(&mailbox), Readiness::from_environment());
        let mut life = pin!(life.live());
        let mut last_signal = None;
        loop {
            tokio::select! {
                completion = &mut life => return (completion.conclusion(), last_signal),
                settings = changes.next::<P>() => tell_settings(&mailbox, settings),
                signal = signals.next() => {
                    let is_second = last_signal.replace(signal).is_some();
                    if is_second || mailbox.is_closed() {
                        return (cut_short(signal), last_signal);
                    }
                    mailbox.stop(Identity::PROCESS, Stop);
                }
            }
        }
    }

    /// Any of the objects may complete, and then all of them are stopped.
    async fn live_with_crew(
        self,
        mut signals: StopSignals,
        mut changes: Changes<'_, P::Settings>,
    ) -> (Conclusion, Option<StopSignal>) {
        let mut crew = Crew::new(self);
        let (mut conclusion, mut last_signal) = (None, None);
        loop {
            tokio::select! {
                news = crew.news() => match news {
                    News::Working => {}
                    News::Ended(ended) => {
                        conclusion.get_or_insert(ended);
                        crew.stop();
                    }
                    News::AllEnded => {
                        let conclusion = conclusion.unwrap_or_else(aborted);
                        return (conclusion, last_signal);
                    }
                },
                settings = changes.next::<P>() => crew.tell(&Order::ChangeSettings(settings)),
                signal = signals.next() => {
                    let is_second = last_signal.replace(signal).is_some();
                    if is_second {
                        return (cut_short(signal), last_signal);
                    }
                    crew.stop();
                }
            }
        }
    }

    /// Serves on this thread until the object completes, or is stopped from another one.
    pub(crate) fn serve_until(
        self,
        readiness: Readiness,
        ports: Ports,
        orders: mpsc::UnboundedReceiver<Order<P::Settings>>,
    ) -> Conclusion {
        run(self.live_by(readiness, ports, orders))
            .unwrap_or_else(|error| failed("cannot begin", &error))
    }

    async fn live_by(
        self,
        readiness: Readiness,
        ports: Ports,
        mut orders: mpsc::UnboundedReceiver<Order<P::Settings>>,
    ) -> Conclusion {
        let mailbox = match self.create() {
            Ok(mailbox) => mailbox,
            Err(fault) => return Conclusion::of_fault(&fault),
        };
        let life = Life::new(Rc::clone(&mailbox), readiness).at(ports);
        let mut life = pin!(life.live());
        loop {
            tokio::select! {
                completion = &mut life => return completion.conclusion(),
                order = orders.recv() => match order {
                    Some(Order::ChangeSettings(settings)) => tell_settings(&mailbox, settings),
                    // Whoever is gone wants nothing more.
                    Some(Order::Stop) | None => break,
                },
            }
        }
        mailbox.stop(Identity::PROCESS, Stop);
        life.await.conclusion()
    }

    /// Creates the object, unless its constructor panics, and tells it to start.
    fn create(self) -> Result<Rc<Mailbox<P>>, Faulted> {
        let Configuration { settings, http } = self.configuration;
        let listen_at = settings.listen_at();
        let name = record::short_name::<P>();
        let identity = Identity::create(name, Identity::PROCESS);
        let object = constructed(identity, name, || P::create(settings))?;
        let mailbox = Mailbox::new(identity, object, Parent::PROCESS, Rc::new(http));
        mailbox.tell_essential(Identity::PROCESS, Start, |_, context| match listen_at {
            Some(address) => context.listen::<P::Api>(address),
            None => context.complete(Faulted::failed(
                "cannot start",
                "the settings have no `host: String` and `port: u16` to listen at, and there is no handler for `Start` that does something else",
            )),
        });
        Ok(mailbox)
    }
}

fn tell_settings<P: Program>(mailbox: &Mailbox<P>, settings: P::Settings) {
    mailbox.tell(Identity::PROCESS, SettingsChanged { settings }, "");
}

/// Runs a life to its end, with one thread for the sockets, the timers and the object.
fn run<L: Future>(life: L) -> io::Result<L::Output> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(blocking::THREADS)
        .build_local(LocalOptions::default())?;
    let end = runtime.block_on(life);
    // Dropped, it would wait for all work on other threads. What is in progress has had its time
    // when a life ends; the rest, such as a name that is still looked up, nobody waits for.
    runtime.shutdown_background();
    Ok(end)
}

fn failed(condition: &str, error: &io::Error) -> Conclusion {
    Conclusion::of_fault(&Faulted::failed(condition, error.to_string()))
}

fn aborted() -> Conclusion {
    Conclusion::Aborted(Aborted {}.fault().expect("an Aborted is a fault"))
}

fn cut_short(signal: StopSignal) -> Conclusion {
    record::write(
        Tag::Warning,
        Identity::PROCESS,
        format_args!("Cut short by {signal:?}"),
    );
    aborted()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn a_life_that_has_ended_does_not_wait_for_work_that_goes_on() {
        let (release, released) = channel::<()>();
        let (end, has_ended) = channel();
        let life = thread::spawn(move || {
            let ended = run(async {
                let (started, has_started) = oneshot::channel();
                let work = blocking::blocking(move || {
                    let _ = started.send(());
                    released.recv()
                });
                tokio::select! {
                    _ = work => false,
                    told = has_started => told.is_ok(),
                }
            });
            end.send(ended.unwrap()).unwrap();
        });
        assert_eq!(has_ended.recv_timeout(Duration::from_secs(10)), Ok(true));
        drop(release);
        life.join().unwrap();
    }
}
