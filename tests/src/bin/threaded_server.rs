//! A server to be run on several threads: its objects can be told apart, and one can fail.

use std::process::ExitCode;

use ansar::prelude::*;

/// Is answered by the name of the thread whose object has received it.
#[message]
struct WhoAnswers;

/// Completes the object that receives it with a fault.
#[message]
struct Fail;

/// Is never answered.
#[message]
struct Hold;

#[message]
struct Thread {
    name: String,
}

#[derive(Default)]
struct Threaded {
    held: Vec<Promise<Ack>>,
}

impl Program for Threaded {
    type Settings = Settings;
    type Api = (WhoAnswers, Fail, Hold);

    fn create(_: Settings) -> Self {
        Self::default()
    }
}

#[handlers]
impl Threaded {
    fn who_answers(&mut self, _: WhoAnswers) -> Thread {
        let name = std::thread::current().name().map(str::to_owned);
        Thread {
            name: name.unwrap_or_default(),
        }
    }

    fn fail(&mut self, _: Fail, context: &mut Context<Self>) {
        context.complete(Faulted::failed(
            "cannot go on",
            "one of several was told not to",
        ));
    }

    fn hold(&mut self, _: Hold) -> Later<Ack> {
        let (promise, later) = Later::promise();
        self.held.push(promise);
        later
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

fn main() -> ExitCode {
    ansar::run::<Threaded>(Settings::default())
}
