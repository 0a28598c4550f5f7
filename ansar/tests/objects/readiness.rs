//! When a program is ready for its clients.

use std::time::Duration;

use ansar::prelude::*;
use ansar::sleep;
use ansar::test::Running;

#[message]
struct Ping;

/// Has something to wait for before it listens.
struct Slow {
    settings: Settings,
}

/// What it has waited for is there.
struct Prepared;

impl Program for Slow {
    type Settings = Settings;
    type Api = (Ping,);

    fn create(settings: Settings) -> Self {
        Self { settings }
    }
}

#[handlers]
impl Slow {
    fn start(&mut self, _: Start, context: &mut Context<Self>) -> Later<()> {
        let address = context.address();
        Later::new(async move {
            sleep(Duration::from_millis(20)).await;
            address.send(Prepared);
        })
    }

    fn prepared(&mut self, _: Prepared, context: &mut Context<Self>) {
        let Settings { host, port } = self.settings.clone();
        context.listen::<(Ping,)>(HostPort::new(host, port));
    }

    fn ping(&mut self, _: Ping) {}
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

#[test]
fn a_program_is_ready_when_its_start_has_been_answered_and_it_listens() {
    let server = Running::start::<Slow>(Settings::default());
    assert_eq!(server.get("/Ping").status, 200);
}
