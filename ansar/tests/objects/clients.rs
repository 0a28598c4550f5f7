//! Who asks.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
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

/// Listens at two ports, and answers when a client has gone.
#[derive(Default)]
struct TwoDoors {
    waiting: Vec<Promise<Waited>>,
}

/// Where the doors are, once they are open, who has come by them, and who waits.
static DOORS: Mutex<Option<Sender<SocketAddr>>> = Mutex::new(None);

fn tell(address: SocketAddr) {
    let doors = DOORS.lock().unwrap();
    let test = doors.as_ref().expect("the test has begun");
    test.send(address).unwrap();
}

#[handlers]
impl TwoDoors {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        for _ in 0..2 {
            context.listen::<(Wait,)>(HostPort::new("127.0.0.1", 0));
        }
    }

    fn listening(&mut self, Listening { address, .. }: Listening) {
        tell(address);
    }

    fn accepted(&mut self, Accepted { client, .. }: Accepted) {
        tell(client);
    }

    fn closed(&mut self, _: Closed) {
        for promise in self.waiting.drain(..) {
            promise.keep(Waited);
        }
    }

    fn wait(&mut self, _: Wait, client: &Client) -> Later<Waited> {
        tell(client.address().expect("it has come by a door"));
        let (promise, later) = Later::promise();
        self.waiting.push(promise);
        later
    }
}

impl Program for TwoDoors {
    type Settings = ();
    type Api = ();

    fn create((): ()) -> Self {
        Self::default()
    }
}

#[test]
fn no_door_is_open_while_requests_of_another_one_are_answered() {
    let (doors, told) = channel();
    *DOORS.lock().unwrap() = Some(doors);
    let server = Running::start::<TwoDoors>(());
    let [first, second] = [(); 2].map(|()| told.recv().unwrap());
    let next_told = || told.recv().unwrap();
    let mut client = TcpStream::connect(first).unwrap();
    let request = b"GET /Wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.write_all(request).unwrap();
    let address = client.local_addr().unwrap();
    assert_eq!([next_told(), next_told()], [address; 2]);
    let mut other = TcpStream::connect(second).unwrap();
    assert_eq!(next_told(), other.local_addr().unwrap());
    let patience = Some(Duration::from_secs(5));
    other.set_read_timeout(patience).unwrap();
    let closed = thread::scope(|scope| {
        scope.spawn(|| drop(server));
        other.read(&mut [0])
    });
    assert!(matches!(closed, Ok(0)), "{closed:?}");
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
