//! One call: a request goes out over a connection, and its answer comes back.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::client::conn::TrySendError;
use hyper::{Request, Response};
use tokio::time::timeout;

use super::answer::Answer;
use super::connection::Connection;
use super::connections::{Connections, Place};
use super::limits;
use super::request::{self, Question};
use crate::diagnostic;
use crate::fault::Faulted;
use crate::http::{HttpBody, HttpResponse, Uncollected, collect};
use crate::record::{self, Tag};

/// A call that has a place, or waits for one. Dropped, it closes the connection that it uses.
pub(super) struct Call {
    pub(super) connections: Rc<Connections>,
    pub(super) place: Place,
    pub(super) request: Request<HttpBody>,
    pub(super) name: Cow<'static, str>,
}

/// What a fault says could not be done, if there is no good answer.
pub(super) struct Condition {
    name: Cow<'static, str>,
    connections: Rc<Connections>,
}

impl Condition {
    pub(super) fn new(name: Cow<'static, str>, connections: Rc<Connections>) -> Self {
        Self { name, connections }
    }

    /// There is no answer, or none that makes sense.
    pub(super) fn broken(&self, reason: String) -> Faulted {
        Faulted::failed(self.to_string(), reason).with_status(502)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requested = self.connections.requested();
        let name = &self.name;
        write!(
            formatter,
            "cannot get an answer to {name} from \"{requested}\""
        )
    }
}

/// The head of a response, and the connection that the rest comes over.
struct Exchange {
    response: Response<Incoming>,
    connection: Connection,
}

impl Call {
    /// Makes a call once more that was lost with another connection.
    pub(super) fn again(connections: Rc<Connections>, question: Question) -> Result<Self, Faulted> {
        let Question { name, request } = question;
        let request = request?;
        Ok(Self {
            place: place_again(&connections, &request, &name)?,
            connections,
            request,
            name,
        })
    }

    /// The answer as a whole.
    pub(super) async fn whole(self) -> Result<(Answer, Condition), Faulted> {
        let (exchange, condition) = self.exchange().await?;
        let (head, body) = exchange.response.into_parts();
        let body = collect(body, limits::ANSWER_BYTES)
            .await
            .map_err(|error| uncollected(&condition, error))?;
        condition.connections.take_back(exchange.connection);
        Ok((Answer::new(head, body), condition))
    }

    /// The answer as it comes: its body is read over the connection by whoever wants it.
    pub(super) async fn streamed(self) -> Result<HttpResponse, Faulted> {
        let (exchange, Condition { connections, .. }) = self.exchange().await?;
        let (head, body) = exchange.response.into_parts();
        let body = if body.is_end_stream() {
            connections.take_back(exchange.connection);
            HttpBody::empty()
        } else {
            Incomplete {
                body,
                kept: Some((connections, exchange.connection)),
            }
            .into_body()
        };
        Ok(HttpResponse {
            status: head.status,
            headers: head.headers,
            body,
        })
    }

    /// Sends the request. If it never left, or only reads and met a connection that the server
    /// had just closed, it is sent once more.
    async fn exchange(self) -> Result<(Exchange, Condition), Faulted> {
        let Self {
            connections,
            place,
            request,
            name,
        } = self;
        let condition = Condition::new(name, Rc::clone(&connections));
        let mut connection = place.connection().await?;
        let copy = connection
            .is_used()
            .then(|| request::again(&request))
            .flatten();
        let request = request::complete(request, connections.host());
        let failed = match connection.send(request).await {
            Ok(response) => {
                return Ok((
                    Exchange {
                        response,
                        connection,
                    },
                    condition,
                ));
            }
            Err(failed) => failed,
        };
        drop(connection);
        let request = to_send_again(failed, copy).map_err(|error| broken(&condition, &error))?;
        let place = place_again(&connections, &request, &condition.name)?;
        let mut connection = place.connection().await?;
        let request = request::complete(request, connections.host());
        match connection.send(request).await {
            Ok(response) => Ok((
                Exchange {
                    response,
                    connection,
                },
                condition,
            )),
            Err(failed) => Err(broken(&condition, failed.error())),
        }
    }
}

impl Place {
    async fn connection(self) -> Result<Connection, Faulted> {
        match self {
            Self::Now(connection) => Ok(connection),
            Self::Soon(receiver) => receiver
                .await
                .expect("calls that wait hold on to what answers them, which answers them all"),
        }
    }
}

fn place_again(
    connections: &Rc<Connections>,
    request: &Request<HttpBody>,
    name: &str,
) -> Result<Place, Faulted> {
    let (method, uri) = (request.method(), request.uri());
    record::write(
        Tag::Trace,
        connections.identity(),
        format_args!("Sending {method} {uri} again: the connection was closed"),
    );
    connections.place(name)
}

/// The request to send once more, if that is right; else why there is no answer.
fn to_send_again(
    mut failed: TrySendError<Request<HttpBody>>,
    copy: Option<Request<HttpBody>>,
) -> Result<Request<HttpBody>, hyper::Error> {
    if let Some(request) = failed.take_message() {
        return Ok(request);
    }
    let error = failed.into_error();
    match copy {
        // An answer that makes no sense is an answer.
        Some(request) if !error.is_parse() => Ok(request),
        _ => Err(error),
    }
}

fn broken(condition: &Condition, error: &hyper::Error) -> Faulted {
    condition.broken(diagnostic::chain(error))
}

fn uncollected(condition: &Condition, error: Uncollected) -> Faulted {
    let reason = match error {
        Uncollected::TooLong => format!("it is longer than {} bytes", limits::ANSWER_BYTES),
        Uncollected::Broken(reason) => reason,
    };
    condition.broken(reason)
}

/// A body that is on its way.
struct Incomplete {
    body: Incoming,
    /// The connection that it comes over, until it is complete.
    kept: Option<(Rc<Connections>, Connection)>,
}

impl Incomplete {
    fn into_body(self) -> HttpBody {
        let length = self.body.size_hint().exact();
        HttpBody::stream(length, unfold(self, Self::next))
    }

    async fn next(mut self) -> Option<(std::io::Result<Bytes>, Self)> {
        loop {
            let frame = match timeout(limits::PIECE_TIME, self.body.frame()).await {
                Ok(frame) => frame,
                Err(late) => return Some((Err(late.into()), self.given_up())),
            };
            if frame.is_none() || self.body.is_end_stream() {
                self.complete();
            }
            match frame? {
                Err(error) => {
                    let error = std::io::Error::other(diagnostic::chain(&error));
                    return Some((Err(error), self.given_up()));
                }
                Ok(frame) => {
                    // What is no data is a trailer, which nobody has asked for.
                    if let Ok(piece) = frame.into_data() {
                        return Some((Ok(piece), self));
                    }
                }
            }
        }
    }

    fn complete(&mut self) {
        if let Some((connections, connection)) = self.kept.take() {
            connections.take_back(connection);
        }
    }

    /// What is broken is not used again.
    fn given_up(mut self) -> Self {
        self.kept = None;
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
