//! One client: its requests are answered on the thread that reads them.

use std::convert::Infallible;
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

use super::request::{self, Written};
use super::response::{self, Refusal};
use super::{limits, listener};
use crate::api::Routes;
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::{self, Identity, Tag};
use crate::reply::Reply;

/// What all connections of a listener share.
pub(super) struct Service<O: Object> {
    pub(super) mailbox: Rc<Mailbox<O>>,
    pub(super) routes: Rc<Routes<O>>,
}

impl<O: Object> Clone for Service<O> {
    fn clone(&self) -> Self {
        Self {
            mailbox: Rc::clone(&self.mailbox),
            routes: Rc::clone(&self.routes),
        }
    }
}

/// Serves one client until it goes, or until the server stops.
pub(super) async fn serve<O: Object>(
    service: Service<O>,
    stream: TcpStream,
    client: SocketAddr,
    identity: Identity,
    watcher: Watcher,
) {
    record::write(Tag::Trace, identity, format_args!("Accepted \"{client}\""));
    listener::announce(&service.mailbox, identity, "Accepted", format_args!(""));
    let answering = {
        let service = service.clone();
        service_fn(move |request| {
            let service = service.clone();
            async move { Ok::<_, Infallible>(answer(&service, identity, request).await) }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME)
        .max_buf_size(limits::BUFFER_BYTES)
        .half_close(true)
        .serve_connection(TokioIo::new(stream), answering);
    let ended = watcher.watch(connection).await;
    match ended {
        Ok(()) => listener::announce(
            &service.mailbox,
            identity,
            "Closed",
            format_args!(", by {client}"),
        ),
        Err(error) => {
            listener::announce(
                &service.mailbox,
                identity,
                "Closed",
                format_args!(", by {client} ({error})"),
            );
        }
    }
    record::write(Tag::Destroyed, identity, format_args!("Destroyed"));
}

/// Answers one request. Whatever is wrong with it, there is an answer.
async fn answer<O: Object>(
    service: &Service<O>,
    identity: Identity,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    match answer_message(service, identity, request).await {
        Ok(response) => response,
        Err(refusal) => {
            record::write(
                Tag::Warning,
                identity,
                format_args!("Refused with {}: {refusal}", refusal.status()),
            );
            response::refusal(refusal)
        }
    }
}

async fn answer_message<O: Object>(
    service: &Service<O>,
    identity: Identity,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Refusal> {
    let (parts, body) = request.into_parts();
    request::check_size(&parts)?;
    let name = request::name(&parts)?;
    let Some(route) = service.routes.find(name) else {
        let reason = format!("there is no message {name:?} here");
        return Err(Refusal::new(404, "unknown message", reason));
    };
    request::check_method(&parts.method, name)?;
    let written = Written::read(&parts, body).await?;
    let reply = (route.deliver)(&service.mailbox, identity, written.members(&parts));
    record_reply(service.mailbox.identity(), identity, &reply);
    Ok(response::reply(reply))
}

fn record_reply(object: Identity, client: Identity, reply: &Reply) {
    let name = reply.name;
    match &reply.fault {
        None => record::write(Tag::Sent, object, format_args!("Sent {name} to {client}")),
        Some(fault) => record::write(
            Tag::Sent,
            object,
            format_args!("Sent {name} to {client}, {fault}"),
        ),
    }
}
