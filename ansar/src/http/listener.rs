//! Listening for clients at an address.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{sleep, timeout};

use super::connection::Reception;
use super::limits;
use crate::api::Routes;
use crate::fault::{Faulted, NotListening};
use crate::host_port::HostPort;
use crate::lifecycle::{Accepted, Listening};
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::{self, Identity, Tag};

/// An address that clients connect to, and the connections that came of it.
#[derive(Debug)]
pub(crate) struct Listener {
    identity: Identity,
    address: SocketAddr,
    accepting: JoinHandle<()>,
    graceful: Rc<GracefulShutdown>,
}

/// Why there is no listener.
#[derive(Debug)]
pub(crate) enum NoListener {
    /// The address cannot be had.
    Address(NotListening),
    /// The object's own declarations are at odds.
    Declaration(Faulted),
}

/// Makes the object for a connection.
pub(crate) type NewSession<S> = Box<dyn Fn(&Accepted) -> Rc<Mailbox<S>>>;

/// Who handles the requests that arrive over a connection.
pub(crate) enum Host<S: Object> {
    /// One object for all connections.
    Shared(Rc<Mailbox<S>>),
    /// An object for each, which is made when a client has connected.
    Sessions(NewSession<S>),
}

impl Listener {
    /// Binds the address, and begins to accept clients.
    pub(crate) async fn open<O: Object, S: Object>(
        requested: HostPort,
        routes: Routes<S>,
        owner: Rc<Mailbox<O>>,
        host: Host<S>,
    ) -> Result<Self, NoListener> {
        let identity = Identity::create("Listener", owner.identity());
        let bound = bind(&requested)
            .await
            .and_then(|socket| Ok((socket.local_addr()?, socket)));
        let (address, socket) = bound.map_err(|error| {
            record::write(Tag::Destroyed, identity, format_args!("Destroyed"));
            NoListener::Address(NotListening {
                requested: requested.clone(),
                explanation: explain(&error),
            })
        })?;
        record::write(
            Tag::Trace,
            identity,
            format_args!("Listening on \"{address}\", requested \"{requested}\""),
        );
        owner.tell(identity, Listening { requested, address }, "");
        let graceful = Rc::new(GracefulShutdown::new());
        let reception = Reception {
            owner,
            host,
            routes,
        };
        let accepting = accept(socket, Rc::new(reception), identity, Rc::clone(&graceful));
        Ok(Self {
            identity,
            address,
            accepting: spawn_local(accepting),
            graceful,
        })
    }

    /// Where clients can connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses new clients, and waits for the requests in progress, but not for ever.
    pub(crate) async fn close(self) {
        let Self {
            identity,
            accepting,
            graceful,
            ..
        } = self;
        accepting.abort();
        // The task is told to end; its socket is closed when it has.
        let _ = accepting.await;
        let graceful = Rc::into_inner(graceful).expect("only the task that ended held it too");
        if timeout(limits::DRAIN_TIME, graceful.shutdown())
            .await
            .is_err()
        {
            let limit = limits::DRAIN_TIME.as_secs();
            record::write(
                Tag::Warning,
                identity,
                format_args!("Left requests unanswered after {limit}s"),
            );
        }
        record::write(Tag::Destroyed, identity, format_args!("Destroyed"));
    }
}

/// Binds the first address of the host that can be had.
async fn bind(requested: &HostPort) -> io::Result<TcpListener> {
    let mut last = None;
    for address in lookup_host((requested.host.as_str(), requested.port)).await? {
        match bind_address(address) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address")))
}

fn bind_address(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A server may come back while connections of the last one linger.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(limits::BACKLOG)
}

/// Says it as the operating system does: `[Errno 98] Address already in use`.
fn explain(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let text = text.split(" (os error").next().unwrap_or(&text);
            format!("[Errno {number}] {text}")
        }
        None => text,
    }
}

/// Accepts clients for as long as it runs.
async fn accept<O: Object, S: Object>(
    socket: TcpListener,
    reception: Rc<Reception<O, S>>,
    identity: Identity,
    graceful: Rc<GracefulShutdown>,
) {
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS));
    loop {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .expect("nobody closes the semaphore");
        match socket.accept().await {
            Ok((stream, client)) => {
                // An answer is complete when it is written: nothing is gained by holding it back.
                let _ = stream.set_nodelay(true);
                let connection = Identity::create("Connection", identity);
                let reception = Rc::clone(&reception);
                let watcher = graceful.watcher();
                spawn_local(async move {
                    reception.serve(stream, client, connection, watcher).await;
                    drop(place);
                });
            }
            Err(error) => {
                record::write(
                    Tag::Warning,
                    identity,
                    format_args!("Cannot accept a client: {error}"),
                );
                if is_about_this_process(&error) {
                    sleep(ACCEPT_PAUSE).await;
                }
            }
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
    fn an_error_of_the_system_is_explained_by_its_number_and_words() {
        assert_eq!(
            explain(&io::Error::from_raw_os_error(98)),
            "[Errno 98] Address already in use"
        );
        assert_eq!(explain(&io::Error::other("no such name")), "no such name");
    }

    #[test]
    fn running_out_of_files_is_not_the_fault_of_one_client() {
        assert!(is_about_this_process(&io::Error::from_raw_os_error(24)));
        assert!(!is_about_this_process(&io::Error::from_raw_os_error(103)));
    }
}
