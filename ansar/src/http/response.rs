//! Replies as responses.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::fault::Faulted;
use crate::reply::Reply;

/// A request that never became a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(Faulted);

impl Refusal {
    pub(super) fn new(
        status: u16,
        condition: impl Into<String>,
        explanation: impl Into<String>,
    ) -> Self {
        Self(Faulted::rejected(condition, explanation).with_status(status))
    }

    pub(super) fn status(&self) -> u16 {
        self.0.status()
    }

    /// Whether what the client still sends can no longer be told from a request.
    fn ends_connection(&self) -> bool {
        matches!(self.status(), 408 | 413)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

pub(super) fn reply(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

pub(super) fn refusal(refusal: Refusal) -> Response<Full<Bytes>> {
    let ends_connection = refusal.ends_connection();
    let mut response = reply(Reply::of(&refusal.0, 400));
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    if ends_connection {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
