//! The least that a server can do: an epoll loop that answers whatever it reads with the same
//! bytes, without looking at them. What `canned.rs` takes beyond it is what HTTP costs.
//! `cargo run --release -p ansar-http --example raw 5052`.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nServer: ansar\r\n\
    Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n\
    Content-Length: 54\r\n\r\n{\"value\": [\"crunch_api.Output\", {\"value\": 3.375}, []]}";

/// The key of the listener; connections have their place in the table as theirs.
const LISTENER: u64 = u64::MAX;

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let listener = TcpListener::bind(("127.0.0.1", port.unwrap_or(5052)))?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut connections: Vec<Option<TcpStream>> = Vec::new();
    let mut events = [EpollEvent::empty(); 256];
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let ready = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..ready] {
            let key = event.data();
            if key == LISTENER {
                let stream = listener.accept()?.0;
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                let key = connections.len() as u64;
                // Edges, as tokio has it: a level would cost no more here.
                let flags = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
                epoll.add(&stream, EpollEvent::new(flags, key))?;
                connections.push(Some(stream));
                continue;
            }
            let place = usize::try_from(key).expect("it was a place in the table");
            if !answer(connections[place].as_mut(), &mut buffer) {
                connections[place] = None;
            }
        }
    }
}

/// Reads once and answers. Whether the connection goes on.
fn answer(stream: Option<&mut TcpStream>, buffer: &mut [u8]) -> bool {
    let Some(stream) = stream else {
        return false;
    };
    match stream.read(buffer) {
        Ok(0) => false,
        Ok(_) => stream.write_all(ANSWER).is_ok(),
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
