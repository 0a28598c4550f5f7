//! A server that has others do its work: it asks two crunch servers at once, over
//! connections that it keeps, and adds what they answer.

use std::process::ExitCode;

use ansar::prelude::*;
use crunch_api::{Divide, Multiply, Output};

/// Asks for `a * b + c / d`.
#[message]
struct MulDiv {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

/// Asks for `a / b + c * d`.
#[message]
struct DivMul {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

type ComponentApi = (MulDiv, DivMul);

/// The server object.
struct Component {
    settings: Settings,
    crunch: Option<Crunch>,
}

/// The two servers that it asks.
struct Crunch {
    left: Remote,
    right: Remote,
}

impl Component {
    fn crunch(&self) -> &Crunch {
        self.crunch
            .as_ref()
            .expect("it connects before it listens for requests")
    }
}

impl Program for Component {
    type Settings = Settings;
    type Api = ComponentApi;

    fn create(settings: Settings) -> Self {
        Self {
            settings,
            crunch: None,
        }
    }
}

#[handlers]
impl Component {
    /// Listens at once: while a crunch server is down, requests are answered by a fault that
    /// says so, and when it comes, they are not.
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let Settings {
            host,
            port,
            left,
            right,
        } = self.settings.clone();
        self.crunch = Some(Crunch {
            // Crunch servers answer at once, so one call may be sent ahead of the answers to others.
            left: context.connect(left).with_calls_ahead(),
            right: context.connect(right).with_calls_ahead(),
        });
        context.listen::<ComponentApi>(HostPort::new(host, port));
    }

    fn mul_div(&mut self, MulDiv { a, b, c, d }: MulDiv) -> Later<Result<Output, Faulted>> {
        let Crunch { left, right } = self.crunch();
        sum(
            left.ask(Multiply { x: a, y: b }),
            right.ask(Divide { x: c, y: d }),
        )
    }

    fn div_mul(&mut self, DivMul { a, b, c, d }: DivMul) -> Later<Result<Output, Faulted>> {
        let Crunch { left, right } = self.crunch();
        sum(
            left.ask(Divide { x: a, y: b }),
            right.ask(Multiply { x: c, y: d }),
        )
    }
}

/// The sum of two answers, or the fault of one of them.
fn sum(left: Ask<Output>, right: Ask<Output>) -> Later<Result<Output, Faulted>> {
    Later::new(async {
        let (left, right) = both(left, right).await;
        Ok(Output {
            value: left?.value + right?.value,
        })
    })
}

/// Where to listen, and where the crunch servers do.
#[settings]
struct Settings {
    /// Name or address of the interface to listen at
    #[default("127.0.0.1")]
    host: String,
    /// Port to listen at
    #[default(5052)]
    port: u16,
    /// The crunch server for the first half
    #[default(HostPort::new("127.0.0.1", 5051))]
    left: HostPort,
    /// The crunch server for the second half
    #[default(HostPort::new("127.0.0.1", 5053))]
    right: HostPort,
}

fn main() -> ExitCode {
    ansar::run::<Component>(Settings::default())
}
