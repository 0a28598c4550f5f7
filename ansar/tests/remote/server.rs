//! Servers by hand, which answer as no good server would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::scene::PATIENCE;

/// A server at a port of its own, for as long as the tests run.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

/// One connection of a client, and which one it is, from 0 on.
pub(crate) struct Client {
    pub(crate) number: usize,
    stream: BufReader<TcpStream>,
}

impl Server {
    /// Does something with each client, on a thread of its own.
    pub(crate) fn start(serve: impl Fn(Client) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        Self::at(listener, serve)
    }

    pub(crate) fn at(
        listener: TcpListener,
        serve: impl Fn(Client) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("it is bound");
        let accepted = Arc::new(AtomicUsize::new(0));
        let (count, serve) = (Arc::clone(&accepted), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a client");
                let number = count.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(Client::new(number, stream)));
            }
        });
        Self { address, accepted }
    }

    /// Answers every request in the same way.
    pub(crate) fn answering(answer: &'static str) -> Self {
        Self::start(move |mut client| {
            while client.request().is_some() {
                client.write(answer);
            }
        })
    }

    /// How many clients have connected.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Client {
    fn new(number: usize, stream: TcpStream) -> Self {
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a socket has a time limit");
        Self {
            number,
            stream: BufReader::new(stream),
        }
    }

    /// The next request, head and body; none when the client has gone.
    pub(crate) fn request(&mut self) -> Option<String> {
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut text).unwrap_or(0) == 0 {
                return None;
            }
        }
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        text.push_str(&String::from_utf8(body).expect("text"));
        Some(text)
    }

    /// Whether the client has sent another request together with the last one.
    pub(crate) fn has_another(&self) -> bool {
        !self.stream.buffer().is_empty()
    }

    /// Everything that comes up to some text.
    pub(crate) fn read_until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let length = self.stream.read_line(&mut text).expect("text comes");
            assert_ne!(length, 0, "it ends before {end:?}: {text:?}");
        }
        text
    }

    pub(crate) fn write(&mut self, text: &str) {
        // The client may have gone.
        let _ = self.stream.get_mut().write_all(text.as_bytes());
    }

    /// Waits until the client has gone.
    pub(crate) fn gone(&mut self) {
        let mut rest = Vec::new();
        // A connection that is reset is gone too.
        let _ = self.stream.read_to_end(&mut rest);
    }
}

/// Has a server go on only when the test says so.
pub(crate) fn wait(told: &Mutex<Receiver<()>>) {
    let told = told.lock().expect("one client waits at a time");
    // A test that has ended has nothing more to say.
    let _ = told.recv();
}

/// A response with a length.
pub(crate) fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// What the crunch server answers.
pub(crate) const OUTPUT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 45\r\n\r\n{\"value\":[\"scene.Output\",{\"value\":3.375},[]]}";
