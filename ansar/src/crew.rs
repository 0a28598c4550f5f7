//! The threads of a program that serves on several.
//!
//! The first one listens alone, so that it is known which port there is; then the others
//! join it there, and when all of them listen, the program is ready.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use tokio::sync::mpsc;

use crate::context::Conclusion;
use crate::fault::Faulted;
use crate::http::Ports;
use crate::object::Program;
use crate::readiness::Readiness;
use crate::serving::{Order, Plan};

/// What the threads tell.
enum Report {
    Ready(Vec<SocketAddr>),
    Ended(Conclusion),
}

/// What is new.
#[derive(Debug)]
pub(crate) enum News {
    /// Nothing that matters outside.
    Working,
    /// One of the objects has completed.
    Ended(Conclusion),
    /// All of them have.
    AllEnded,
}

/// Threads with an object each.
pub(crate) struct Crew<P: Program> {
    plan: Plan<P>,
    readiness: Readiness,
    orders: Vec<mpsc::UnboundedSender<Order<P::Settings>>>,
    is_stopping: bool,
    reports: mpsc::UnboundedReceiver<Report>,
    reporter: mpsc::UnboundedSender<Report>,
    /// Threads that have begun, that listen, and that have ended.
    begun: usize,
    ready: usize,
    ended: usize,
}

impl<P: Program> Crew<P> {
    /// Starts the first of them.
    pub(crate) fn new(plan: Plan<P>) -> Self {
        let (reporter, reports) = mpsc::unbounded_channel();
        let mut crew = Self {
            plan,
            readiness: Readiness::from_environment(),
            orders: Vec::new(),
            is_stopping: false,
            reports,
            reporter,
            begun: 0,
            ready: 0,
            ended: 0,
        };
        crew.begin(Ports::First);
        crew
    }

    /// Asks all of them to stop.
    pub(crate) fn stop(&mut self) {
        self.is_stopping = true;
        self.readiness.stopping();
        self.tell(&Order::Stop);
    }

    /// Tells all of them something.
    pub(crate) fn tell(&mut self, order: &Order<P::Settings>) {
        if let Order::ChangeSettings(settings) = order {
            // Those that have not begun begin with them.
            self.plan.change_settings(settings.clone());
        }
        for orders in &self.orders {
            // One that has ended does not hear it.
            let _ = orders.send(order.clone());
        }
    }

    /// Waits for what they tell next.
    pub(crate) async fn news(&mut self) -> News {
        if self.ended == self.begun {
            return News::AllEnded;
        }
        match self.reports.recv().await {
            Some(Report::Ready(listening)) => {
                self.heard_ready(listening);
                News::Working
            }
            Some(Report::Ended(conclusion)) => {
                self.ended += 1;
                News::Ended(conclusion)
            }
            None => News::AllEnded,
        }
    }

    fn heard_ready(&mut self, listening: Vec<SocketAddr>) {
        self.ready += 1;
        if self.begun == 1 && !self.is_stopping {
            for _ in 1..self.plan.threads() {
                self.begin(Ports::shared(&listening));
            }
        }
        if self.ready == self.plan.threads() {
            self.readiness.ready(&listening);
        }
    }

    fn begin(&mut self, ports: Ports) {
        self.begun += 1;
        let (plan, reporter) = (self.plan.clone(), self.reporter.clone());
        let (orders, ordered) = mpsc::unbounded_channel();
        self.orders.push(orders);
        let body = move || {
            let told = reporter.clone();
            let readiness = Readiness::Told(Box::new(move |listening: &[SocketAddr]| {
                // Nobody hears it when the program has been cut short.
                let _ = told.send(Report::Ready(listening.to_vec()));
            }));
            // A panic of the author's is a fault of its message; this is one of our own.
            let served = AssertUnwindSafe(|| plan.serve_until(readiness, ports, ordered));
            let conclusion = catch_unwind(served).unwrap_or_else(|_| {
                Conclusion::of_fault(&Faulted::failed("cannot go on", "a thread panicked"))
            });
            let _ = reporter.send(Report::Ended(conclusion));
        };
        let name = format!("server-{}", self.begun);
        if let Err(error) = thread::Builder::new().name(name).spawn(body) {
            let fault = Faulted::failed("cannot begin a thread", error.to_string());
            let _ = self
                .reporter
                .send(Report::Ended(Conclusion::of_fault(&fault)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate as ansar;
    use crate::http::HttpSettings;
    use crate::settings::Configuration;

    #[ansar::settings]
    struct Settings {
        #[default("127.0.0.1")]
        host: String,
        port: u16,
        greeting: String,
    }

    /// Notes what it is created with.
    struct Greeter;

    static GREETINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[ansar::handlers]
    impl Greeter {}

    impl Program for Greeter {
        type Settings = Settings;
        type Api = ();

        fn create(settings: Settings) -> Self {
            GREETINGS.lock().unwrap().push(settings.greeting);
            Self
        }
    }

    fn settings(greeting: &str) -> Settings {
        Settings {
            greeting: greeting.to_owned(),
            ..Settings::default()
        }
    }

    #[tokio::test]
    async fn threads_that_begin_later_begin_with_the_settings_of_then() {
        let http = HttpSettings {
            threads: 2,
            ..HttpSettings::default()
        };
        let configuration = Configuration::factory(settings("hello"), http);
        let mut crew = Crew::new(Plan::<Greeter>::new(configuration));
        crew.tell(&Order::ChangeSettings(settings("good day")));
        while crew.ready < 2 {
            crew.news().await;
        }
        assert_eq!(*GREETINGS.lock().unwrap(), ["hello", "good day"]);
        crew.stop();
        while !matches!(crew.news().await, News::AllEnded) {}
    }
}
