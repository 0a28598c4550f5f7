//! One client: its requests are answered on the thread that reads them.

use std::cell::Cell;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use ansar_http::{Answer, BodyReader, Framing, Head, Plan, Problem, Response, Service};
use bytes::Bytes;
use http::{HeaderName, HeaderValue};

use super::body::HttpBody;
use super::reception::Reception;
use super::request;
use super::response::{self, Refusal};
use crate::asker::Asker;
use crate::client::Client;
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::{self, Identity, Tag};
use crate::reply::{self, Reply};
use crate::routes::{Deliver, Found};

/// A header by which clients and proxies name a request, so that it can be found in all records.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A connection, and the object that answers over it.
pub(super) struct Connection<O: Object, S: Object> {
    reception: Rc<Reception<O, S>>,
    target: Rc<Mailbox<S>>,
    identity: Identity,
    peer: SocketAddr,
    /// Requests so far.
    number: Cell<u64>,
}

impl<O: Object, S: Object> Connection<O, S> {
    pub(super) fn new(
        reception: Rc<Reception<O, S>>,
        target: Rc<Mailbox<S>>,
        identity: Identity,
        peer: SocketAddr,
    ) -> Self {
        Self {
            reception,
            target,
            identity,
            peer,
            number: Cell::new(0),
        }
    }

    /// The next request.
    fn asker(&self) -> Asker {
        self.number.set(self.number.get() + 1);
        Asker {
            connection: self.identity,
            number: self.number.get(),
        }
    }

    /// Looks closer at who asks, for a handler that wants to know.
    fn client(&self, asker: Asker, head: &Head<'_>) -> Client {
        // Whatever is a header to the one parser is one to the other.
        let headers = request::headers(head).unwrap_or_default();
        Client::new(self.peer, asker.to_string(), headers)
    }

    fn find(&self, head: &Head<'_>) -> Result<Found<'_, S>, Refusal> {
        self.reception.routes().find(head.method(), head.path())
    }

    /// Has the object answer, or says why it is not asked.
    fn ask(&self, asker: Asker, head: &Head<'_>, body: &[u8]) -> Result<reply::Answer, Refusal> {
        let found = self.find(head)?;
        let client = || self.client(asker, head);
        match found.route.deliver {
            Deliver::Message(deliver) => {
                let form = request::form(head, !body.is_empty())?;
                let members = request::members(form, head, body, &found);
                Ok(deliver(&self.target, asker, members, &client))
            }
            Deliver::Raw(deliver) => {
                let request = request::raw(head, Bytes::copy_from_slice(body).into())?;
                Ok(deliver(&self.target, asker, request, &client))
            }
        }
    }

    /// The same for a request whose body is still arriving.
    fn ask_streaming(
        &self,
        asker: Asker,
        head: &Head<'_>,
        body: BodyReader,
    ) -> Result<reply::Answer, Refusal> {
        let Deliver::Raw(deliver) = self.find(head)?.route.deliver else {
            unreachable!("only a raw request is planned to be streamed")
        };
        let length = match head.framing() {
            Framing::Length(length) => Some(length),
            Framing::None | Framing::Chunked => None,
        };
        let request = request::raw(head, HttpBody::stream(length, body))?;
        let client = || self.client(asker, head);
        Ok(deliver(&self.target, asker, request, &client))
    }

    /// What goes back to the client, and into the record.
    fn respond(
        &self,
        asker: Asker,
        head: &Head<'_>,
        answer: Result<reply::Answer, Refusal>,
    ) -> Answer {
        let name = self.name(asker, head);
        match answer {
            Ok(reply::Answer::Now(reply)) => {
                record_reply(&self.target, asker, &reply);
                Answer::Now(named(name, response::of_reply(reply)))
            }
            Ok(reply::Answer::Later(reply)) => {
                let target = Rc::clone(&self.target);
                Answer::Later(Box::pin(async move {
                    let reply = reply.await;
                    record_reply(&target, asker, &reply);
                    named(name, response::of_reply(reply))
                }))
            }
            Err(refusal) => Answer::Now(named(name, self.refused(refusal))),
        }
    }

    /// The name that the client has given to a request, for the record and for the response.
    fn name(&self, asker: Asker, head: &Head<'_>) -> Option<HeaderValue> {
        let name = HeaderValue::from_bytes(head.header(REQUEST_ID.as_str())?).ok()?;
        record::write(
            Tag::Trace,
            self.identity,
            format_args!("Request {asker} is called {name:?} by its client"),
        );
        Some(name)
    }

    /// The response of a refusal, which is recorded.
    pub(super) fn refused(&self, refusal: Refusal) -> Response {
        record::write(
            Tag::Warning,
            self.identity,
            format_args!("Refused with {}: {refusal}", refusal.status()),
        );
        response::of_refusal(refusal)
    }
}

impl<O: Object, S: Object> Service for Connection<O, S> {
    fn plan(&self, head: &Head<'_>) -> Plan {
        let decided = self.find(head).and_then(|found| match found.route.deliver {
            Deliver::Raw(_) => Ok(Plan::Stream),
            Deliver::Message(_) => {
                request::form(head, request::declares_body(head)).map(|_| Plan::Whole)
            }
        });
        match decided {
            Ok(plan) => plan,
            Err(refusal) => {
                let name = self.name(self.asker(), head);
                Plan::Refuse(named(name, self.refused(refusal)))
            }
        }
    }

    fn answer(&self, head: &Head<'_>, body: &[u8]) -> Answer {
        let asker = self.asker();
        self.respond(asker, head, self.ask(asker, head, body))
    }

    fn answer_streaming(&self, head: &Head<'_>, body: BodyReader) -> Answer {
        let asker = self.asker();
        self.respond(asker, head, self.ask_streaming(asker, head, body))
    }

    fn refuse(&self, problem: &Problem) -> Response {
        self.asker();
        self.refused(Refusal::of_problem(problem))
    }
}

/// Names the request in the response to it, if it has a name.
fn named(name: Option<HeaderValue>, response: Response) -> Response {
    match name {
        Some(name) => response.with_header(REQUEST_ID, name),
        None => response,
    }
}

fn record_reply<S: Object>(target: &Mailbox<S>, asker: Asker, reply: &Reply) {
    let fault = reply
        .fault
        .as_deref()
        .map(|fault| fault as &dyn fmt::Display);
    target.record_reply(&asker, reply.name, fault);
}
