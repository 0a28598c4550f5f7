//! A server that holds requests until some client goes, and has room for few of them.

use std::process::ExitCode;

use ansar::prelude::*;

/// Is answered when the next connection has closed.
#[message]
struct Hold;

/// Is answered at once, with many bytes.
#[message]
struct Fill {
    bytes: usize,
}

/// Is answered with who has asked.
#[message]
struct WhoAsks;

#[message]
struct Text {
    value: String,
}

#[derive(Default)]
struct Holding {
    held: Vec<Promise<Ack>>,
}

impl Program for Holding {
    type Settings = Settings;
    type Api = (Hold, Fill, WhoAsks);

    fn create(_: Settings) -> Self {
        Self::default()
    }
}

#[handlers(mailbox = 4)]
impl Holding {
    fn hold(&mut self, _: Hold) -> Later<Ack> {
        let (promise, later) = Later::promise();
        self.held.push(promise);
        later
    }

    fn closed(&mut self, _: Closed) {
        for promise in self.held.drain(..) {
            promise.keep(Ack {});
        }
    }

    fn fill(&mut self, Fill { bytes }: Fill) -> Text {
        Text {
            value: "x".repeat(bytes),
        }
    }

    fn who_asks(&mut self, _: WhoAsks, client: &Client) -> Text {
        let address = client.address().map(|address| address.to_string());
        let agent = client.header("user-agent").map(str::to_owned);
        let parts = [address, agent, client.request().map(str::to_owned)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Text {
            value: parts.join(" "),
        }
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

fn main() -> ExitCode {
    ansar::run::<Holding>(Settings::default())
}
