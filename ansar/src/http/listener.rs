//! Listening for clients at an address.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use rustix::net::sockopt::set_socket_reuseport;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet, spawn_local};
use tokio::time::sleep;

use super::limits;
use super::port::Port;
use super::reception::Reception;
use super::tls::Tls;
use crate::fault::{Faulted, NotListening};
use crate::host_port::HostPort;
use crate::lifecycle::Listening;
use crate::object::Object;
use crate::record::{self, Identity, Tag};
use crate::system_error::explain;

/// An address that clients connect to, and the connections that came of it. Dropped, it breaks
/// them off.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    /// Dropped, it ends the accepting.
    close: Option<oneshot::Sender<()>>,
    accepting: JoinHandle<()>,
}

/// Why there is no listener.
#[derive(Debug)]
pub(crate) enum NoListener {
    /// The address cannot be had.
    Address(NotListening),
    /// The object's own declarations are at odds.
    Declaration(Faulted),
}

impl Listener {
    /// Binds the address, and begins to accept clients.
    pub(crate) async fn open<O: Object, S: Object>(
        requested: HostPort,
        port: Port,
        reception: Reception<O, S>,
    ) -> Result<Self, NoListener> {
        let owner = Rc::clone(reception.owner());
        let identity = Identity::create("Listener", owner.identity());
        let refused = |explanation: String| {
            record::write(Tag::Destroyed, identity, format_args!("Destroyed"));
            NoListener::Address(NotListening {
                requested: requested.clone(),
                explanation,
            })
        };
        let tls = owner
            .http()
            .tls()
            .map_err(|error| refused(error.to_string()))?;
        let (socket, address) = bind(&requested, port)
            .await
            .and_then(|socket| socket.local_addr().map(|address| (socket, address)))
            .map_err(|error| refused(explain(&error)))?;
        let encrypted = if tls.is_some() { " (encrypted)" } else { "" };
        record::write(
            Tag::Trace,
            identity,
            format_args!("Listening{encrypted} on \"{address}\", requested \"{requested}\""),
        );
        owner.tell(identity, Listening { requested, address }, "");
        let (close, closed) = oneshot::channel();
        let accepting = Accepting {
            identity,
            connections: JoinSet::new(),
            limit: owner.http().connection_limit,
            reception: Rc::new(reception),
            tls: tls.map(Rc::new),
        };
        Ok(Self {
            address,
            close: Some(close),
            accepting: spawn_local(accepting.run(socket, closed)),
        })
    }

    /// Where clients can connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses new clients, and waits for the requests in progress.
    pub(crate) async fn close(mut self) {
        self.close = None;
        // Its task does not panic, and nobody else ends it.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Binds the first address of the host that can be had.
async fn bind(requested: &HostPort, port: Port) -> io::Result<TcpListener> {
    if let Port::SharedWith(address) = port {
        return bind_address(address, port);
    }
    let mut last = None;
    for address in lookup_host((requested.host.as_str(), requested.port)).await? {
        match bind_address(address, port) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address")))
}

fn bind_address(address: SocketAddr, port: Port) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A server may come back while connections of the last one linger.
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(matches!(port, Port::SharedWith(_)))?;
    socket.bind(address)?;
    let listener = socket.listen(limits::BACKLOG)?;
    if port == Port::Shareable {
        // Only now: a port that could be shared from the beginning would be shared with another
        // program that is listening there, the same one started twice.
        set_socket_reuseport(&listener, true)?;
    }
    Ok(listener)
}

/// A listener at work.
struct Accepting<O: Object, S: Object> {
    identity: Identity,
    reception: Rc<Reception<O, S>>,
    tls: Option<Rc<Tls>>,
    connections: JoinSet<()>,
    /// How many connections there may be at once; the next ones wait in the system's queue.
    limit: usize,
}

impl<O: Object, S: Object> Accepting<O, S> {
    /// Accepts clients until it is closed, and then waits until all are gone.
    async fn run(mut self, socket: TcpListener, mut closed: oneshot::Receiver<()>) {
        // Ended with this, however this ends.
        let mut renewal = JoinSet::new();
        renewal.spawn_local(renew(self.tls.clone(), self.identity));
        loop {
            tokio::select! {
                accepted = socket.accept(), if self.connections.len() < self.limit => {
                    match accepted {
                        Ok((stream, client)) => self.serve(stream, client),
                        Err(error) => self.cannot_accept(&error).await,
                    }
                }
                Some(_) = self.connections.join_next() => {}
                _ = &mut closed => break,
            }
        }
        drop(socket);
        self.reception.stop().request();
        while self.connections.join_next().await.is_some() {}
        record::write(Tag::Destroyed, self.identity, format_args!("Destroyed"));
    }

    fn serve(&mut self, stream: TcpStream, client: SocketAddr) {
        // An answer is complete when it is written: nothing is gained by holding it back.
        let _ = stream.set_nodelay(true);
        let connection = Identity::create("Connection", self.identity);
        let reception = Rc::clone(&self.reception);
        let serving = reception.serve(stream, client, connection, self.tls.clone());
        self.connections.spawn_local(serving);
    }

    async fn cannot_accept(&self, error: &io::Error) {
        record::write(
            Tag::Warning,
            self.identity,
            format_args!("Cannot accept a client: {error}"),
        );
        if is_about_this_process(error) {
            sleep(ACCEPT_PAUSE).await;
        }
    }
}

/// Takes certificates that are put in the place of those in use.
async fn renew(tls: Option<Rc<Tls>>, identity: Identity) {
    let Some(tls) = tls else { return };
    let warn = |text: String| record::write(Tag::Warning, identity, format_args!("{text}"));
    let failed =
        |error: io::Error| warn(format!("Cannot tell when the certificate changes: {error}"));
    let mut watch = match tls.watch() {
        Ok(watch) => watch,
        Err(error) => return failed(error),
    };
    loop {
        match tls.reload() {
            Ok(true) => record::write(
                Tag::Console,
                identity,
                format_args!("Took another certificate for new connections"),
            ),
            Ok(false) => {}
            Err(error) => warn(format!("Kept the certificate: {error}")),
        }
        if let Err(error) = watch.changed().await {
            return failed(error);
        }
    }
}

/// How long nobody is accepted when files or memory have run out. Nothing tells
/// when there are some again, and trying at once would take all of a processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Whether the next client will not be accepted either.
fn is_about_this_process(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_out_of_files_is_not_the_fault_of_one_client() {
        assert!(is_about_this_process(&io::Error::from_raw_os_error(24)));
        assert!(!is_about_this_process(&io::Error::from_raw_os_error(103)));
    }
}
