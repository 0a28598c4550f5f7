//! One connection to a remote: it carries one call at a time.

use std::cell::Cell;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::limits;
use crate::diagnostic;
use crate::host_port::HostPort;
use crate::http::HttpBody;
use crate::system_error::explain;

/// Where calls go in. Dropped, it ends the connection, and what is in progress over it.
pub(super) struct Connection {
    sender: SendRequest<HttpBody>,
    /// Whether it has carried a call already, so that the server may have closed it since.
    is_used: bool,
    was_dropped: Rc<Cell<bool>>,
}

/// A connection that has just been made.
pub(super) struct Opened<Serving> {
    pub(super) connection: Connection,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
    /// Does what goes in; ends when the connection does, and says how.
    pub(super) serving: Serving,
}

impl Connection {
    /// Looks the host up, and connects to the first of its addresses that can be reached.
    pub(super) async fn open(
        remote: &HostPort,
    ) -> Result<Opened<impl Future<Output = String> + 'static>, String> {
        let (stream, peer, local) = connect(remote).await?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(limits::HEAD_BYTES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| diagnostic::chain(&error))?;
        let was_dropped = Rc::new(Cell::new(false));
        let connection_dropped = Rc::clone(&was_dropped);
        let serving = async move { ending(connection.await, connection_dropped.get()) };
        let connection = Self {
            sender,
            is_used: false,
            was_dropped,
        };
        Ok(Opened {
            connection,
            peer,
            local,
            serving,
        })
    }

    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// Whether another call can begin at once.
    pub(super) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Waits until another call can begin; says whether it ever can.
    pub(super) async fn becomes_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Sends a request, and waits for the head of the response.
    pub(super) async fn send(
        &mut self,
        request: Request<HttpBody>,
    ) -> Result<Response<Incoming>, TrySendError<Request<HttpBody>>> {
        self.is_used = true;
        self.sender.try_send_request(request).await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.was_dropped.set(!self.is_closed());
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("is_used", &self.is_used)
            .finish_non_exhaustive()
    }
}

/// Looks a host up, and connects to the first of its addresses that can be reached; gives both
/// ends, the other one first.
pub(super) async fn connect(
    remote: &HostPort,
) -> Result<(TcpStream, SocketAddr, SocketAddr), String> {
    let connecting = TcpStream::connect((remote.host.as_str(), remote.port));
    let limit = limits::CONNECT_TIME;
    let stream = timeout(limit, connecting)
        .await
        .map_err(|_| format!("no answer within {}", humantime::format_duration(limit)))?
        .map_err(|error| explain(&error))?;
    let (peer, local) = ends(&stream).map_err(|error| explain(&error))?;
    if peer == local {
        // A port that nobody listens at may be given to the one who asks for it.
        return Err("the connection led back to itself".to_owned());
    }
    // A request is complete when it is written: nothing is gained by holding it back.
    let _ = stream.set_nodelay(true);
    Ok((stream, peer, local))
}

fn ends(stream: &TcpStream) -> std::io::Result<(SocketAddr, SocketAddr)> {
    Ok((stream.peer_addr()?, stream.local_addr()?))
}

/// How a connection has ended.
fn ending(outcome: hyper::Result<()>, was_dropped: bool) -> String {
    match outcome {
        _ if was_dropped => "by this side".to_owned(),
        Ok(()) => "by the other side".to_owned(),
        Err(error) => format!("by the other side ({})", diagnostic::chain(&error)),
    }
}
