//! Replies as responses.

use ansar_http::{Problem, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::exchange::HttpResponse;
use crate::fault::Faulted;
use crate::reply::{Content, Reply};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// When a client that was refused because there is too much to do may try again: a second,
/// the shortest that the header can say. A mailbox that is full is empty long before.
const TRY_AGAIN: HeaderValue = HeaderValue::from_static("1");

/// A request that never became a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    fault: Faulted,
    /// The methods that there are, when it is the method that is wrong.
    allow: Option<String>,
}

impl Refusal {
    pub(crate) fn new(
        status: u16,
        condition: impl Into<String>,
        explanation: impl Into<String>,
    ) -> Self {
        Self {
            fault: Faulted::rejected(condition, explanation).with_status(status),
            allow: None,
        }
    }

    /// The method is none that the resource has.
    pub(crate) fn method(method: &str, what: &str, allowed: &[&str]) -> Self {
        let (last, others) = allowed.split_last().unwrap_or((&"nothing", &[]));
        let explanation = if others.is_empty() {
            format!("send it by {last}")
        } else {
            format!("send it by {} or {last}", others.join(", "))
        };
        Self {
            allow: Some(allowed.join(", ")),
            ..Self::new(405, format!("cannot {method} {what}"), explanation)
        }
    }

    /// What could not be understood as HTTP.
    pub(crate) fn of_problem(problem: &Problem) -> Self {
        Self::new(
            problem.status().as_u16(),
            problem.condition(),
            problem.to_string(),
        )
    }

    pub(crate) fn status(&self) -> u16 {
        self.fault.status()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault.fmt(formatter)
    }
}

pub(crate) fn of_reply(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = match reply.content {
        Content::Message(body) => Response::new(status, JSON, body),
        Content::Response(response) => of_response(status, response),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return response.with_header(RETRY_AFTER, TRY_AGAIN);
    }
    response
}

fn of_response(status: StatusCode, response: HttpResponse) -> Response {
    let HttpResponse { headers, body, .. } = response;
    let mut response = Response::empty(status);
    // A name stands only before the first of several values.
    let mut last = None;
    for (name, value) in headers {
        last = name.or(last);
        let Some(name) = last.clone() else { continue };
        if name == CONTENT_TYPE {
            response.content_type = Some(value);
        } else {
            response = response.with_header(name, value);
        }
    }
    response.body = body.into();
    response
}

pub(crate) fn of_refusal(refusal: Refusal) -> Response {
    let response = of_reply(Reply::of(&refusal.fault, 400));
    let allow = refusal.allow.map(HeaderValue::try_from);
    match allow {
        Some(Ok(allow)) => response.with_header(ALLOW, allow),
        _ => response,
    }
}
