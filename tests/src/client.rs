//! A client that keeps its connection, and can misbehave on it.

use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::http::{Response, respond};
use crate::{Background, DEADLINE};

/// One connection to a server, with time limits on every wait.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects to a server.
    pub fn connect(server: &Background) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        stream
            .set_read_timeout(Some(DEADLINE))
            .and_then(|()| stream.set_write_timeout(Some(DEADLINE)))
            .and_then(|()| stream.set_nodelay(true))
            .expect("a socket has options");
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// Its own end of the connection, as the server's record shows it.
    pub fn address(&self) -> SocketAddr {
        let address = self.stream.get_ref().local_addr();
        address.expect("a connected socket has an address")
    }

    /// Sends bytes, whatever they mean.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("the server reads");
    }

    /// The same to a server that may have ended the connection.
    ///
    /// # Errors
    ///
    /// When the connection has been ended.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// Sends a request by GET.
    pub fn ask(&mut self, target: &str) {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    /// Sends a request by GET, and reads the response.
    pub fn get(&mut self, target: &str) -> Response {
        self.ask(target);
        self.respond()
    }

    /// Begins a multiplication whose body, of 15 bytes, is still to come: the request has begun
    /// when the server asks for it.
    pub fn begin_multiplying(&mut self) {
        self.send(concat!(
            "POST /Multiply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
            "Content-Length: 15\r\nExpect: 100-continue\r\n\r\n"
        ));
        assert_eq!(self.respond().status, 100);
    }

    /// Reads the next response.
    pub fn respond(&mut self) -> Response {
        respond(&mut self.stream)
    }

    /// Says that nothing more will be sent.
    pub fn end(&self) {
        let ended = self.stream.get_ref().shutdown(Shutdown::Write);
        ended.expect("the connection is open");
    }

    /// Waits until the server has closed the connection, and says whether it has done so in order
    /// and without another byte.
    pub fn is_closed(mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).is_ok() && rest.is_empty()
    }
}
