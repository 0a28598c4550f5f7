//! What is asked of a remote, as an HTTP request.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Uri};
use serde::Serialize;

use super::endpoint::{self, Parts};
use crate::encoding;
use crate::fault::Faulted;
use crate::http::{Endpoint, HttpBody, HttpRequest};
use crate::message::Message;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Room for the head of a request without growing, in bytes.
const HEAD_CAPACITY: usize = 256;

/// A request, and what the record and faults call it.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) name: Cow<'static, str>,
    /// Without the headers that every request has.
    pub(super) request: Result<Request<HttpBody>, Faulted>,
}

impl Question {
    /// A message as another server of the framework takes it: this is the one place that says
    /// how a message becomes a method, a target and a body.
    pub(super) fn of_message<M: Message>(message: &M) -> Self {
        let request = members(message).and_then(|members| match M::ENDPOINT {
            None => Ok(as_json(request(
                Method::POST,
                format!("/{}", M::NAME),
                members.into(),
            )?)),
            Some(endpoint) => of_endpoint(endpoint, &members),
        });
        Self {
            name: Cow::Borrowed(M::NAME),
            request: request.map_err(|fault| refused(M::NAME, fault)),
        }
    }

    /// A question without a body.
    pub(super) fn plain(method: Method, target: &str) -> Self {
        Self::of(method, target, HttpBody::empty())
    }

    /// A question with a value as its body.
    pub(super) fn of_json(method: Method, target: &str, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => {
                let question = Self::of(method, target, body.into());
                Self {
                    request: question.request.map(as_json),
                    ..question
                }
            }
            Err(error) => {
                let name = name(&method, target);
                let fault = Faulted::rejected(format!("cannot send {name}"), error.to_string());
                Self {
                    name,
                    request: Err(fault),
                }
            }
        }
    }

    /// A question that its author has put in words.
    pub(super) fn raw(raw: HttpRequest) -> Self {
        let HttpRequest {
            method,
            target,
            headers,
            body,
        } = raw;
        let question = Self::of(method, &target, body);
        let with_headers = |mut request: Request<HttpBody>| {
            *request.headers_mut() = headers;
            // The body itself says how long it is.
            request.headers_mut().remove(CONTENT_LENGTH);
            request.headers_mut().remove(TRANSFER_ENCODING);
            request
        };
        Self {
            request: question.request.map(with_headers),
            ..question
        }
    }

    fn of(method: Method, target: &str, body: HttpBody) -> Self {
        let name = name(&method, target);
        let request = request(method, target.to_owned(), body);
        Self {
            request: request.map_err(|fault| refused(&name, fault)),
            name,
        }
    }
}

fn name(method: &Method, target: &str) -> Cow<'static, str> {
    Cow::Owned(format!("{method} {target}"))
}

fn refused(name: &str, fault: Faulted) -> Faulted {
    Faulted::rejected(format!("cannot send {name}"), fault.explanation())
}

fn members<M: Message>(message: &M) -> Result<Bytes, Faulted> {
    encoding::encode_members(message)
        .map(Bytes::from)
        .map_err(|error| Faulted::rejected("cannot encode", error.to_string()))
}

fn of_endpoint(endpoint: Endpoint, members: &[u8]) -> Result<Request<HttpBody>, Faulted> {
    let Parts {
        method,
        target,
        body,
    } = endpoint::parts(endpoint, members)?;
    match body {
        None => request(method, target, HttpBody::empty()),
        Some(body) => Ok(as_json(request(method, target, body.into())?)),
    }
}

fn request(method: Method, target: String, body: HttpBody) -> Result<Request<HttpBody>, Faulted> {
    let bad = |reason: String| Faulted::rejected("cannot send", reason);
    if !target.starts_with('/') {
        return Err(bad(format!(
            "the target {target:?} does not begin with \"/\""
        )));
    }
    let uri = Uri::try_from(&target)
        .map_err(|error| bad(format!("the target {target:?} is none: {error}")))?;
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    Ok(request)
}

fn as_json(mut request: Request<HttpBody>) -> Request<HttpBody> {
    request.headers_mut().insert(CONTENT_TYPE, JSON);
    request
}

/// Writes a request whose body is there as a whole.
pub(super) fn write(
    request: &Request<HttpBody>,
    body: &[u8],
    host: &HeaderValue,
    output: &mut BytesMut,
) {
    let target = request.uri().path_and_query();
    let target = target.map_or("/", PathAndQuery::as_str);
    output.reserve(HEAD_CAPACITY + body.len());
    for part in [
        request.method().as_str(),
        " ",
        target,
        " HTTP/1.1\r\nhost: ",
    ] {
        output.extend_from_slice(part.as_bytes());
    }
    output.extend_from_slice(host.as_bytes());
    output.extend_from_slice(b"\r\nuser-agent: ansar");
    for (name, value) in request.headers() {
        output.extend_from_slice(b"\r\n");
        output.extend_from_slice(name.as_str().as_bytes());
        output.extend_from_slice(b": ");
        output.extend_from_slice(value.as_bytes());
    }
    if !body.is_empty() {
        let length = format!("\r\ncontent-length: {}", body.len());
        output.extend_from_slice(length.as_bytes());
    }
    output.extend_from_slice(b"\r\n\r\n");
    output.extend_from_slice(body);
}

/// The same request once more, if it may be sent twice: it only reads, and its body is there.
pub(super) fn again(request: &Request<HttpBody>) -> Option<Request<HttpBody>> {
    if !request.method().is_safe() {
        return None;
    }
    let mut copy = Request::new(request.body().again()?);
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    request.headers().clone_into(copy.headers_mut());
    Some(copy)
}

/// Adds the headers that every request has, unless its author has said otherwise.
pub(super) fn complete(mut request: Request<HttpBody>, host: &HeaderValue) -> Request<HttpBody> {
    let headers: &mut HeaderMap = request.headers_mut();
    headers.entry(HOST).or_insert_with(|| host.clone());
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static("ansar"));
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate as ansar;

    #[ansar::message]
    struct Multiply {
        x: f64,
        y: f64,
    }

    #[test]
    fn a_message_is_posted_to_its_name_with_its_members() {
        let message = Multiply { x: 1.5, y: 2.0 };
        assert_eq!(members(&message).unwrap(), r#"{"x":1.5,"y":2.0}"#);
        let question = Question::of_message(&message);
        let request = question.request.unwrap();
        assert_eq!(
            (
                question.name.as_ref(),
                request.method(),
                request.uri().path()
            ),
            ("Multiply", &Method::POST, "/Multiply")
        );
        assert_eq!(request.headers()["content-type"], "application/json");
    }

    #[test]
    fn a_request_is_written_with_its_host_and_says_how_long_its_body_is() {
        let host = HeaderValue::from_static("127.0.0.1:5051");
        let written = |question: Question| {
            let request = question.request.unwrap();
            let body = request.body().whole().unwrap().clone();
            let mut output = BytesMut::new();
            write(&request, &body, &host, &mut output);
            String::from_utf8(output.to_vec()).unwrap()
        };
        assert_eq!(
            written(Question::of_message(&Multiply { x: 1.5, y: 2.0 })),
            "POST /Multiply HTTP/1.1\r\nhost: 127.0.0.1:5051\r\nuser-agent: ansar\r\n\
             content-type: application/json\r\ncontent-length: 17\r\n\r\n{\"x\":1.5,\"y\":2.0}"
        );
        assert_eq!(
            written(Question::plain(Method::GET, "/a?b=c")),
            "GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:5051\r\nuser-agent: ansar\r\n\r\n"
        );
    }

    #[test]
    fn a_number_that_json_has_no_form_for_is_not_sent() {
        let message = Multiply {
            x: f64::INFINITY,
            y: 2.0,
        };
        let fault = Question::of_message(&message).request.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "cannot send Multiply (near \"x\": JSON has no form for the number inf)"
        );
    }

    #[test]
    fn a_target_that_is_none_is_refused_and_named() {
        let refused = |target| {
            let question = Question::plain(Method::GET, target);
            question.request.unwrap_err().to_string()
        };
        assert_eq!(
            refused("customers"),
            "cannot send GET customers (the target \"customers\" does not begin with \"/\")"
        );
        assert_eq!(
            refused("/a b"),
            "cannot send GET /a b (the target \"/a b\" is none: invalid uri character)"
        );
    }

    #[test]
    fn what_changes_something_or_flows_is_not_sent_twice() {
        let sent = |raw| Question::raw(raw).request.unwrap();
        assert!(again(&sent(HttpRequest::get("/"))).is_some());
        assert!(again(&sent(HttpRequest::post("/"))).is_none());
        let stream = HttpBody::stream(None, futures_util::stream::empty());
        assert!(again(&sent(HttpRequest::get("/").body(stream))).is_none());
    }

    #[test]
    fn what_the_author_says_stands() {
        let raw = HttpRequest::get("/").header("user-agent", "mine").unwrap();
        let raw = raw.header("content-length", "7").unwrap();
        let host = HeaderValue::from_static("127.0.0.1:5051");
        let request = complete(Question::raw(raw).request.unwrap(), &host);
        assert_eq!(request.headers()["user-agent"], "mine");
        assert_eq!(request.headers()["host"], "127.0.0.1:5051");
        assert!(!request.headers().contains_key("content-length"));
    }
}
