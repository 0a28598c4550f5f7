//! Who asks.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::{Running, Test};

#[message]
struct WhoAmI;

#[message]
struct You {
    address: String,
    request: String,
    agent: String,
    host: String,
}

/// Asks who asks, once the door is open.
#[message]
struct Enter;

#[message]
struct Open;

#[states]
enum Door {
    Closed,
    Open,
}

struct Server {
    door: Door,
}

fn describe(client: &Client) -> You {
    let address = client.address();
    let header = |name| client.header(name).unwrap_or_default().to_owned();
    You {
        address: address.map_or_else(String::new, |address| address.ip().to_string()),
        request: client.request().unwrap_or_default().to_owned(),
        agent: header("User-Agent"),
        host: header("hOST"),
    }
}

#[handlers(state = self.door)]
impl Server {
    fn who_am_i(&mut self, _: WhoAmI, client: &Client) -> You {
        describe(client)
    }

    fn enter(&mut self, enter: Enter, client: &Client, context: &mut Context<Self>) -> Later<You> {
        match self.door {
            Door::Closed => context.defer(enter),
            Door::Open => Later::now(describe(client)),
        }
    }

    fn open(&mut self, _: Open) {
        self.door = Door::Open;
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

impl Program for Server {
    type Settings = Settings;
    type Api = (WhoAmI, Enter, Open);

    fn create(_: Settings) -> Self {
        Self { door: Door::Closed }
    }
}

#[test]
fn a_handler_sees_the_address_the_headers_and_the_number_of_a_request() {
    let server = Running::start::<Server>(Settings::default());
    let body = server.get("/WhoAmI").body;
    assert!(body.contains(r#""address":"127.0.0.1""#), "{body}");
    assert!(
        body.contains(&format!(r#""host":"{}""#, server.address())),
        "{body}"
    );
    assert!(body.contains(r#">.1""#), "{body}");
    assert!(body.contains(r#""agent":"""#), "{body}");
}

#[test]
fn a_request_that_was_deferred_still_has_its_client() {
    let server = Running::start::<Server>(Settings::default());
    thread::scope(|scope| {
        let enter = scope.spawn(|| server.get("/Enter").body);
        server.get("/Open");
        let body = enter.join().unwrap();
        assert!(body.contains(r#""address":"127.0.0.1""#), "{body}");
    });
}

#[test]
fn another_object_is_no_client() {
    let mut test = Test::new(Server { door: Door::Closed });
    assert_eq!(test.ask(WhoAmI), Ok(You::default()));
}

/// Answers a while after it was told to stop.
#[derive(Default)]
struct Waiter {
    waiting: Option<Promise<Waited>>,
}

#[message]
struct Wait;

#[message]
struct Waited;

struct Answer;

/// Where a waiter says that it has a request.
static BEGUN: Mutex<Option<Sender<()>>> = Mutex::new(None);

#[handlers]
impl Waiter {
    fn wait(&mut self, _: Wait) -> Later<Waited> {
        let begun = BEGUN.lock().unwrap().take();
        begun.expect("the test waits").send(()).unwrap();
        let (promise, later) = Later::promise();
        self.waiting = Some(promise);
        later
    }

    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        context.complete(Aborted {});
        context.after(Duration::from_millis(20), Answer);
    }

    fn answer(&mut self, _: Answer) {
        let waiting = self.waiting.take();
        waiting.expect("a request waits").keep(Waited);
    }
}

impl Program for Waiter {
    type Settings = Settings;
    type Api = (Wait,);

    fn create(_: Settings) -> Self {
        Self::default()
    }
}

#[test]
fn requests_that_wait_are_answered_before_a_program_ends() {
    let server = Running::start::<Waiter>(Settings::default());
    let (begun, has_begun) = channel();
    *BEGUN.lock().unwrap() = Some(begun);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let request = b"GET /Wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    has_begun.recv().unwrap();
    drop(server);
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(
        response.ends_with(r#"{"value":["clients.Waited",{},[]]}"#),
        "{response}"
    );
}
