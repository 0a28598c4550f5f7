//! Requests and responses as they are, for those who do not want them to be messages.

use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde::Serialize;

use super::body::HttpBody;
use crate::fault::Faulted;

/// A request.
///
/// ```
/// use ansar::{Faulted, HttpRequest};
///
/// let request = HttpRequest::post("/texts?lang=en")
///     .header("accept", "text/plain")?
///     .body("To be, or not to be");
/// assert_eq!(request.path(), "/texts");
/// assert_eq!(request.query(), Some("lang=en"));
/// # Ok::<(), Faulted>(())
/// ```
///
/// An object that has it in its list of messages gets every request that is for none of the others:
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn http_request(&mut self, request: HttpRequest) -> HttpResponse {
///     match request.path() {
///         "/" => HttpResponse::text("good day"),
///         _ => HttpResponse::new(404),
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct HttpRequest {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HttpBody,
}

impl HttpRequest {
    /// A request without a body, for a path such as `/customers/7?verbose=true`.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: HeaderMap::new(),
            body: HttpBody::empty(),
        }
    }

    /// A request that only wants to read.
    pub fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    /// A request that brings something.
    pub fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    /// Adds a header.
    ///
    /// # Errors
    ///
    /// When HTTP has no form for the name or the value.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Result<Self, Faulted> {
        add(&mut self.headers, name, value.as_ref())?;
        Ok(self)
    }

    /// Takes a body in place of the one that it has.
    #[must_use]
    pub fn body(mut self, body: impl Into<HttpBody>) -> Self {
        self.body = body.into();
        self
    }

    /// What is to be done.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path and the query, as they stand in the request.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The target up to the question mark.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// The target after the question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The body, which can be read once.
    pub fn into_body(self) -> HttpBody {
        self.body
    }
}

/// A response.
///
/// ```
/// use ansar::{Faulted, HttpResponse};
///
/// let response = HttpResponse::new(201)
///     .header("location", "/texts/7")?
///     .body("created");
/// assert_eq!(response.status(), 201);
/// # Ok::<(), Faulted>(())
/// ```
#[derive(Debug)]
pub struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: HttpBody,
}

impl HttpResponse {
    /// A response without a body. A status that is none of HTTP, 200 to 599, becomes 500.
    pub fn new(status: u16) -> Self {
        let status = match status {
            200..=599 => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            headers: HeaderMap::new(),
            body: HttpBody::empty(),
        }
    }

    /// Text for people, with status 200.
    pub fn text(text: impl Into<String>) -> Self {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        Self::of_type(plain, text.into())
    }

    /// A value as JSON, with status 200.
    ///
    /// # Errors
    ///
    /// When JSON has no form for the value.
    ///
    /// ```
    /// use ansar::{Faulted, HttpResponse};
    ///
    /// let response = HttpResponse::json(&[1, 2, 3])?;
    /// assert_eq!(response.headers()["content-type"], "application/json");
    /// # Ok::<(), Faulted>(())
    /// ```
    pub fn json(value: &impl Serialize) -> Result<Self, Faulted> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Faulted::failed("cannot encode the response", error.to_string()))?;
        let json = HeaderValue::from_static("application/json");
        Ok(Self::of_type(json, body))
    }

    fn of_type(content_type: HeaderValue, body: impl Into<HttpBody>) -> Self {
        let mut response = Self::new(200).body(body);
        response.headers.insert(CONTENT_TYPE, content_type);
        response
    }

    /// Adds a header.
    ///
    /// # Errors
    ///
    /// When HTTP has no form for the name or the value.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Result<Self, Faulted> {
        add(&mut self.headers, name, value.as_ref())?;
        Ok(self)
    }

    /// Takes a body in place of the one that it has.
    #[must_use]
    pub fn body(mut self, body: impl Into<HttpBody>) -> Self {
        self.body = body.into();
        self
    }

    /// The status, as in 404.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The body, which can be read once.
    pub fn into_body(self) -> HttpBody {
        self.body
    }
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Faulted> {
    let refused = |explanation: String| Faulted::failed("cannot add the header", explanation);
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| refused(format!("{name:?} is no name of a header")))?;
    let value = HeaderValue::from_str(value).map_err(|_| {
        refused(format!(
            "{value:?}, the value of {name}, is more than one line of ASCII"
        ))
    })?;
    headers
        .try_append(header, value)
        .map_err(|_| refused(format!("{name} is one too many")))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_http_has_no_form_for_is_refused_and_named() {
        let refused = |name, value| HttpResponse::new(200).header(name, value).unwrap_err();
        assert_eq!(
            refused("a b", "c").to_string(),
            "cannot add the header (\"a b\" is no name of a header)"
        );
        assert_eq!(
            refused("location", "/a\r\nset-cookie: b").explanation(),
            "\"/a\\r\\nset-cookie: b\", the value of location, is more than one line of ASCII"
        );
        assert!(HttpRequest::get("/").header("", "a").is_err());
    }

    #[test]
    fn a_header_may_stand_several_times() {
        let response = HttpResponse::new(200).header("vary", "a").unwrap();
        let response = response.header("Vary", "b").unwrap();
        let values: Vec<_> = response.headers().get_all("vary").iter().collect();
        assert_eq!(values, ["a", "b"]);
    }

    #[test]
    fn a_status_that_is_none_becomes_500() {
        for (given, expected) in [(200, 200), (599, 599), (101, 500), (0, 500), (600, 500)] {
            assert_eq!(HttpResponse::new(given).status(), expected);
        }
    }

    #[test]
    fn text_and_json_say_what_they_are() {
        let text = HttpResponse::text("hello");
        assert_eq!(text.headers()["content-type"], "text/plain; charset=utf-8");
        let json = HttpResponse::json(&[1, 2]).unwrap();
        assert_eq!(json.headers()["content-type"], "application/json");
    }

    #[test]
    fn a_target_is_a_path_and_a_query() {
        let request = HttpRequest::get("/a/b");
        assert_eq!((request.path(), request.query()), ("/a/b", None));
        let request = HttpRequest::get("/a?b=c?d");
        assert_eq!((request.path(), request.query()), ("/a", Some("b=c?d")));
    }
}
