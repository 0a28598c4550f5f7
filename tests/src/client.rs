//! A client that says exactly what it is told to, byte for byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::deadline::LIMIT;
use crate::response::Response;

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// What was read beyond the last answer.
    ahead: Vec<u8>,
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, LIMIT)
            .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
        // Every wait has a limit, and what is sent in two parts arrives in two parts.
        let prepared = stream
            .set_read_timeout(Some(LIMIT))
            .and_then(|()| stream.set_write_timeout(Some(LIMIT)))
            .and_then(|()| stream.set_nodelay(true));
        prepared.expect("a socket takes options");
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server takes what is sent");
    }

    /// Sends bytes as they are, to a server that may have heard enough.
    pub fn send_until_refused(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// Says that nothing more will be sent; answers can still be read.
    pub fn finish_sending(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("a connection can be half closed");
    }

    /// Sends a request, and reads the answer to it.
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Response {
        self.send(request);
        self.read()
    }

    /// Reads one answer.
    pub fn read(&mut self) -> Response {
        let mut response = self.read_head();
        let body = match response.header("transfer-encoding") {
            Some(coding) => panic!("answers have a length, and this one has coding {coding}"),
            None => self.read_bytes(response.length()),
        };
        response.body = String::from_utf8(body).expect("a body is text");
        response
    }

    /// Reads one answer that has no body, whatever its length says.
    pub fn read_head(&mut self) -> Response {
        let end = loop {
            if let Some(end) = self.ahead.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            let so_far = String::from_utf8_lossy(&self.ahead).into_owned();
            assert!(self.read_more(), "the connection ended in the head {so_far:?}");
        };
        let head = self.read_bytes(end + 4);
        Response {
            head: String::from_utf8_lossy(&head[..end]).into_owned(),
            body: String::new(),
        }
    }

    /// Reads everything until the server closes the connection.
    pub fn read_to_close(&mut self) -> String {
        while self.read_more() {}
        String::from_utf8_lossy(&std::mem::take(&mut self.ahead)).into_owned()
    }

    /// Whether the server closes the connection without another byte. Waits for either.
    pub fn is_closed(&mut self) -> bool {
        self.ahead.is_empty() && !self.read_more()
    }

    fn read_bytes(&mut self, length: usize) -> Vec<u8> {
        while self.ahead.len() < length {
            assert!(
                self.read_more(),
                "the connection ended after {} of {length} bytes",
                self.ahead.len()
            );
        }
        self.ahead.drain(..length).collect()
    }

    /// Reads what there is; false at the end of the connection.
    fn read_more(&mut self) -> bool {
        let mut buffer = [0; 8192];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(length) => {
                self.ahead.extend_from_slice(&buffer[..length]);
                true
            }
            // A server that closes with unread bytes resets: it is an end all the same.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing from the server in {LIMIT:?}: {error}"),
        }
    }
}
