//! A raw loop around epoll on one thread: the least that a server can do.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::OwnedFd;

use crate::connection::{Answer, Buffers, Connection, Interest};

/// Events that are taken at once: as many as the load has connections.
const EVENTS: usize = 512;

/// Serves the connections of a listener for ever, each request by one call.
pub fn serve(listener: &TcpListener, mut answer: impl Answer) -> io::Result<Infallible> {
    let mut event_loop = EventLoop::new(listener)?;
    let mut buffers = Buffers::new();
    let mut events = Vec::with_capacity(EVENTS);
    loop {
        match epoll::wait(&event_loop.epoll, spare_capacity(&mut events), None) {
            Err(rustix::io::Errno::INTR) => continue,
            outcome => outcome?,
        };
        for event in events.drain(..) {
            match usize::try_from(event.data.u64()) {
                Ok(slot) if slot != event_loop.listener => {
                    event_loop.proceed(slot, &mut buffers, &mut answer)?;
                }
                _ => event_loop.accept(listener)?,
            }
        }
    }
}

/// The connections, each at the number of its descriptor.
struct EventLoop {
    epoll: OwnedFd,
    listener: usize,
    connections: Vec<Option<Connection>>,
}

impl EventLoop {
    fn new(listener: &TcpListener) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, listener, data(slot(listener)), EventFlags::IN)?;
        Ok(Self {
            epoll,
            listener: slot(listener),
            connections: Vec::new(),
        })
    }

    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        loop {
            match listener.accept() {
                Ok((stream, _)) => self.insert(stream)?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn insert(&mut self, stream: TcpStream) -> io::Result<()> {
        let slot = slot(&stream);
        if self.connections.len() <= slot {
            self.connections.resize_with(slot + 1, || None);
        }
        let connection = Connection::new(stream)?;
        epoll::add(&self.epoll, &connection.stream, data(slot), EventFlags::IN)?;
        self.connections[slot] = Some(connection);
        Ok(())
    }

    fn proceed(
        &mut self,
        slot: usize,
        buffers: &mut Buffers,
        answer: &mut impl Answer,
    ) -> io::Result<()> {
        let Some(connection) = self.connections.get_mut(slot).and_then(Option::as_mut) else {
            return Ok(());
        };
        let before = connection.interest();
        let after = connection.proceed(buffers, answer);
        let flags = match after {
            Interest::Nothing => {
                // Closing the socket takes it out of epoll.
                self.connections[slot] = None;
                return Ok(());
            }
            Interest::Read => EventFlags::IN,
            Interest::Write => EventFlags::OUT,
        };
        if before != after {
            epoll::modify(&self.epoll, &connection.stream, data(slot), flags)?;
        }
        Ok(())
    }
}

fn slot(socket: &impl AsRawFd) -> usize {
    usize::try_from(socket.as_raw_fd()).expect("the descriptor of an open socket is not negative")
}

fn data(slot: usize) -> EventData {
    EventData::new_u64(slot as u64)
}
