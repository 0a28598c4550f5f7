//! One connection of the raw loop: bytes in, bytes out, and nothing waits.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

/// What is read at once, in bytes: the longest head, or many short ones in a row.
const READ_BYTES: usize = 16 * 1024;

/// A request that makes no sense: its connection ends.
#[derive(Debug)]
pub struct Malformed;

/// Answers the first request of some bytes, by appending to the reply. The outcome is
/// the length of the request, or nothing when it has not arrived completely.
pub trait Answer: FnMut(&[u8], &mut Vec<u8>) -> Result<Option<usize>, Malformed> {}

impl<F: FnMut(&[u8], &mut Vec<u8>) -> Result<Option<usize>, Malformed>> Answer for F {}

/// Room that all connections share, since only one of them is served at a time.
#[derive(Debug)]
pub(crate) struct Buffers {
    input: Box<[u8]>,
    output: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self {
            input: vec![0; READ_BYTES].into_boxed_slice(),
            output: Vec::new(),
        }
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// More of a request.
    Read,
    /// Room for the rest of a reply. Nothing is read meanwhile.
    Write,
    /// Nothing: it has ended.
    Nothing,
}

/// A connection, and what is left of it between two events: usually nothing.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    unanswered: Vec<u8>,
    unsent: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            unanswered: Vec::new(),
            unsent: Vec::new(),
        })
    }

    /// What it waits for now.
    pub(crate) fn interest(&self) -> Interest {
        if self.unsent.is_empty() {
            Interest::Read
        } else {
            Interest::Write
        }
    }

    /// Goes on with what it waited for.
    pub(crate) fn proceed(&mut self, buffers: &mut Buffers, answer: &mut impl Answer) -> Interest {
        let outcome = match self.interest() {
            Interest::Read => self.read(buffers, answer),
            Interest::Write | Interest::Nothing => self.write_rest(),
        };
        match outcome {
            Ok(interest) => interest,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                self.interest()
            }
            Err(_) => Interest::Nothing,
        }
    }

    fn read(&mut self, buffers: &mut Buffers, answer: &mut impl Answer) -> io::Result<Interest> {
        let kept = self.unanswered.len();
        buffers.input[..kept].copy_from_slice(&self.unanswered);
        let received = self.stream.read(&mut buffers.input[kept..])?;
        // The client has ended, or its request is longer than any.
        if received == 0 {
            return Ok(Interest::Nothing);
        }
        let input = &buffers.input[..kept + received];
        buffers.output.clear();
        let Ok(answered) = answer_all(input, &mut buffers.output, answer) else {
            return Ok(Interest::Nothing);
        };
        self.unanswered.clear();
        self.unanswered.extend_from_slice(&input[answered..]);
        self.write(&buffers.output)
    }

    fn write(&mut self, output: &[u8]) -> io::Result<Interest> {
        if output.is_empty() {
            return Ok(Interest::Read);
        }
        let sent = match self.stream.write(output) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            outcome => outcome?,
        };
        self.unsent.extend_from_slice(&output[sent..]);
        Ok(self.interest())
    }

    fn write_rest(&mut self) -> io::Result<Interest> {
        let sent = self.stream.write(&self.unsent)?;
        self.unsent.drain(..sent);
        Ok(self.interest())
    }
}

/// Answers every request that has arrived completely; the outcome is their length.
fn answer_all(
    input: &[u8],
    output: &mut Vec<u8>,
    answer: &mut impl Answer,
) -> Result<usize, Malformed> {
    let mut answered = 0;
    while answered < input.len() {
        let Some(length) = answer(&input[answered..], output)? else {
            break;
        };
        answered += length;
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A request is a line, and its reply is the line once more; it begins with no "!".
    fn echo(input: &[u8], output: &mut Vec<u8>) -> Result<Option<usize>, Malformed> {
        if input.starts_with(b"!") {
            return Err(Malformed);
        }
        let end = input.iter().position(|byte| *byte == b'\n');
        Ok(end.map(|end| {
            output.extend_from_slice(&input[..=end]);
            end + 1
        }))
    }

    fn pair() -> (TcpStream, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        (client, Connection::new(server).unwrap())
    }

    #[test]
    fn requests_in_a_row_are_answered_and_the_last_one_is_waited_for() {
        let mut output = Vec::new();
        let answered = answer_all(b"one\ntwo\nthr", &mut output, &mut echo).unwrap();
        assert_eq!((answered, output.as_slice()), (8, &b"one\ntwo\n"[..]));
    }

    #[test]
    fn a_request_in_two_parts_is_answered_once_it_is_complete() {
        let (mut client, mut connection) = pair();
        let mut buffers = Buffers::new();
        client.write_all(b"on").unwrap();
        assert_eq!(connection.proceed(&mut buffers, &mut echo), Interest::Read);
        client.write_all(b"e\n").unwrap();
        assert_eq!(connection.proceed(&mut buffers, &mut echo), Interest::Read);
        let mut reply = [0; 4];
        client.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"one\n");
    }

    #[test]
    fn what_the_client_does_not_read_is_kept_until_it_does() {
        let (mut client, mut connection) = pair();
        let mut buffers = Buffers::new();
        let long = vec![b'x'; 32 * 1024 * 1024];
        let mut flood = |input: &[u8], output: &mut Vec<u8>| {
            output.extend_from_slice(&long);
            Ok(Some(input.len()))
        };
        client.write_all(b"\n").unwrap();
        assert_eq!(
            connection.proceed(&mut buffers, &mut flood),
            Interest::Write
        );
        let reader = std::thread::spawn(move || {
            let mut reply = vec![0; 32 * 1024 * 1024];
            client.read_exact(&mut reply).unwrap();
        });
        connection.stream.set_nonblocking(false).unwrap();
        while connection.proceed(&mut buffers, &mut flood) == Interest::Write {}
        reader.join().unwrap();
    }

    #[test]
    fn a_connection_ends_with_its_client_and_with_a_request_that_makes_no_sense_or_no_end() {
        let (client, mut connection) = pair();
        let mut buffers = Buffers::new();
        drop(client);
        assert_eq!(
            connection.proceed(&mut buffers, &mut echo),
            Interest::Nothing
        );

        let (mut client, mut connection) = pair();
        client.write_all(b"!\n").unwrap();
        let interest = connection.proceed(&mut buffers, &mut echo);
        assert_eq!(interest, Interest::Nothing);

        let (mut client, mut connection) = pair();
        client.write_all(&vec![b'x'; READ_BYTES + 1]).unwrap();
        let mut interest = Interest::Read;
        while interest == Interest::Read {
            interest = connection.proceed(&mut buffers, &mut echo);
        }
        assert_eq!(interest, Interest::Nothing);
    }
}
