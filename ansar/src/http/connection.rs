//! One client: its requests are answered on the thread that reads them.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;

use super::limits;
use super::listener::Host;
use super::request::{self, Written};
use super::response::{self, Refusal};
use crate::api::{Asker, Routes};
use crate::client::Client;
use crate::fault::Faulted;
use crate::lifecycle::{Accepted, Closed, ObjectId, Stop};
use crate::mailbox::{Mailbox, guarded};
use crate::object::Object;
use crate::record::{self, Identity, Tag};
use crate::reply::Answer;

/// What all connections of a listener share.
pub(super) struct Reception<O: Object, S: Object> {
    pub(super) owner: Rc<Mailbox<O>>,
    pub(super) host: Host<S>,
    pub(super) routes: Routes<S>,
}

impl<O: Object, S: Object> Reception<O, S> {
    /// Serves one client until it goes, or until the server stops.
    pub(super) async fn serve(
        self: &Rc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        identity: Identity,
        watcher: Watcher,
    ) {
        record::write(Tag::Trace, identity, format_args!("Accepted \"{peer}\""));
        let accepted = Accepted {
            connection: ObjectId::of(identity),
            client: peer,
        };
        self.owner.tell(identity, accepted, "");
        match self.target(identity, &accepted) {
            Ok(target) => {
                let reason = self
                    .answer_all(&target, stream, peer, identity, watcher)
                    .await;
                self.close(&target, identity, peer, reason);
            }
            Err(fault) => {
                record::write(Tag::Warning, identity, format_args!("No session: {fault}"));
            }
        }
        record::write(Tag::Destroyed, identity, format_args!("Destroyed"));
    }

    /// The object that answers over this connection.
    fn target(&self, identity: Identity, accepted: &Accepted) -> Result<Rc<Mailbox<S>>, Faulted> {
        match &self.host {
            Host::Shared(mailbox) => Ok(Rc::clone(mailbox)),
            Host::Sessions(create) => guarded(identity, "Accepted", || create(accepted)),
        }
    }

    fn close(&self, target: &Mailbox<S>, identity: Identity, peer: SocketAddr, reason: String) {
        let detail = format!(", {reason}");
        let closed = Closed {
            connection: ObjectId::of(identity),
            peer,
            reason,
        };
        if matches!(self.host, Host::Sessions(_)) {
            target.tell(identity, closed.clone(), &detail);
            target.stop(identity, Stop);
        }
        self.owner.tell(identity, closed, &detail);
    }

    /// Answers requests until the connection ends, and says how it has ended.
    async fn answer_all(
        self: &Rc<Self>,
        target: &Rc<Mailbox<S>>,
        stream: TcpStream,
        peer: SocketAddr,
        identity: Identity,
        watcher: Watcher,
    ) -> String {
        let number = Rc::new(Cell::new(0));
        let answering = service_fn(move |request| {
            number.set(number.get() + 1);
            let exchange = Exchange {
                reception: Rc::clone(self),
                target: Rc::clone(target),
                identity,
                peer,
                number: number.get(),
            };
            async move { Ok::<_, Infallible>(exchange.answer(request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::HEAD_TIME)
            .max_buf_size(limits::BUFFER_BYTES)
            .half_close(true)
            .serve_connection(TokioIo::new(stream), answering);
        match watcher.watch(connection).await {
            Ok(()) => format!("by {peer}"),
            Err(error) => format!("by {peer} ({error})"),
        }
    }
}

/// One request and its response.
struct Exchange<O: Object, S: Object> {
    reception: Rc<Reception<O, S>>,
    target: Rc<Mailbox<S>>,
    identity: Identity,
    peer: SocketAddr,
    number: u64,
}

impl<O: Object, S: Object> Exchange<O, S> {
    /// Answers one request. Whatever is wrong with it, there is an answer.
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match self.answer_message(request).await {
            Ok(response) => response,
            Err(refusal) => {
                record::write(
                    Tag::Warning,
                    self.identity,
                    format_args!("Refused with {}: {refusal}", refusal.status()),
                );
                response::refusal(refusal)
            }
        }
    }

    async fn answer_message(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        let (parts, body) = request.into_parts();
        request::check_size(&parts)?;
        let name = request::name(&parts)?;
        let Some(route) = self.reception.routes.find(name) else {
            let reason = format!("there is no message {name:?} here");
            return Err(Refusal::new(404, "unknown message", reason));
        };
        request::check_method(&parts.method, name)?;
        let written = Written::read(&parts, body).await?;
        let client = || {
            let request = format!("{}.{}", self.identity, self.number);
            Client::new(self.peer, request, parts.headers.clone())
        };
        let asker = Asker {
            connection: self.identity,
            number: self.number,
            client: &client,
        };
        let reply = match (route.deliver)(&self.target, &asker, written.members(&parts)) {
            Answer::Now(reply) => reply,
            Answer::Later(reply) => reply.await,
        };
        let fault = reply
            .fault
            .as_deref()
            .map(|fault| fault as &dyn fmt::Display);
        self.target.record_reply(&asker, reply.name, fault);
        Ok(response::reply(reply))
    }
}
