//! A program under test, with a socket.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc as blocking;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::http::Ports;
use crate::object::Program;
use crate::readiness::Readiness;
use crate::serving::Plan;
use crate::settings::Configuration;

/// How long a program may take to listen, and to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that runs on a thread of its own, until this is dropped.
///
/// It reads no command line, keeps no records, and takes no signals. Give it port 0.
///
/// ```no_run
/// # use ansar::prelude::*;
/// # #[message] struct Multiply { x: f64, y: f64 }
/// # #[message] struct Output { value: f64 }
/// # #[settings] struct Settings { #[default("127.0.0.1")] host: String, port: u16 }
/// # struct Server;
/// # impl Program for Server {
/// #     type Settings = Settings;
/// #     type Api = (Multiply,);
/// #     fn create(_settings: Settings) -> Self { Self }
/// # }
/// # #[handlers]
/// # impl Server {
/// #     fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output { Output { value: x * y } }
/// # }
/// use ansar::test::Running;
///
/// let server = Running::start::<Server>(Settings { port: 0, ..Settings::default() });
/// let response = server.get("/Multiply?x=1.5&y=2");
/// assert_eq!(response.status, 200);
/// assert_eq!(response.body, r#"{"value":["main.Output",{"value":3.0},[]]}"#);
/// ```
pub struct Running {
    addresses: Vec<SocketAddr>,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
    thread: Option<JoinHandle<()>>,
}

/// What a server answered.
///
/// [`Running`] has an example. Headers are looked up by name:
///
/// ```
/// use ansar::test::Response;
///
/// let response = Response {
///     status: 200,
///     head: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".into(),
///     body: "{}".into(),
/// };
/// assert_eq!(response.header("content-type"), Some("application/json"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, each with its line end.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Response {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }
}

impl Running {
    /// Starts a program, and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn start<P: Program>(settings: P::Settings) -> Self {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (sender, ready) = blocking::channel();
        let readiness = Readiness::Told(Box::new(move |listening: &[SocketAddr]| {
            // A test that has given up does not listen.
            let _ = sender.send(listening.to_vec());
        }));
        let plan = Plan::<P>::new(Configuration::factory(settings, P::http()));
        let thread = thread::spawn(|| {
            plan.serve_until(readiness, Ports::Alone, ordered);
        });
        let addresses = ready.recv_timeout(PATIENCE).expect("the program starts");
        Self {
            addresses,
            stop: Some(Box::new(move || drop(orders))),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    ///
    /// # Panics
    ///
    /// When it does not listen.
    pub fn address(&self) -> SocketAddr {
        *self.addresses.first().expect("the program listens")
    }

    /// Asks by GET.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn get(&self, target: &str) -> Response {
        self.send("GET", target, "")
    }

    /// Sends JSON by POST.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn post(&self, target: &str, json: &str) -> Response {
        self.send("POST", target, json)
    }

    /// Sends JSON, which may be nothing, by any method.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn send(&self, method: &str, target: &str, json: &str) -> Response {
        let (address, length) = (self.address(), json.len());
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        );
        exchange(address, &request).expect("the server answers")
    }
}

fn exchange(address: SocketAddr, request: &str) -> io::Result<Response> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut body = String::new();
    stream.read_to_string(&mut body)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    Ok(Response { status, head, body })
}

impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Running")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        if let Some(stop) = self.stop.take() {
            stop();
        }
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
