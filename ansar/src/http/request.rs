//! What a request asks for, and how its members are written.

use ansar_http::{Framing, Head};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::body::HttpBody;
use super::exchange::HttpRequest;
use super::response::Refusal;
use crate::members::{Members, Written};
use crate::object::Object;
use crate::routes::Found;

/// How the members of the message are written, besides those in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the query string, and nothing in the body.
    Query,
    /// In the body, as a form.
    Pairs,
    /// In the body, as JSON.
    Json,
}

/// Whether a body is announced. A chunked one may turn out to be empty: only a length is an
/// announcement.
pub(super) fn declares_body(head: &Head<'_>) -> bool {
    matches!(head.framing(), Framing::Length(length) if length > 0)
}

/// Decides how the members are written, from the head and from whether there is a body.
pub(super) fn form(head: &Head<'_>, has_body: bool) -> Result<Form, Refusal> {
    if !has_body {
        return Ok(Form::Query);
    }
    if head.query().is_some_and(|query| !query.is_empty()) {
        return Err(Refusal::new(
            400,
            "members in two places",
            "send them in the query string or in the body, not in both",
        ));
    }
    form_of_content(head.content_type().unwrap_or_default())
}

fn form_of_content(content_type: &str) -> Result<Form, Refusal> {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(Form::Json)
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(Form::Pairs)
    } else {
        Err(Refusal::new(
            415,
            format!("unsupported content type {content_type:?}"),
            "send application/json or application/x-www-form-urlencoded",
        ))
    }
}

/// The members of the message as they arrived.
pub(super) fn members<'a, O: Object>(
    form: Form,
    head: &Head<'a>,
    body: &'a [u8],
    found: &'a Found<'_, O>,
) -> Members<'a> {
    let written = match form {
        Form::Query => Written::Pairs(head.query().unwrap_or_default().as_bytes()),
        Form::Pairs => Written::Pairs(body),
        Form::Json => Written::Json(body),
    };
    Members {
        path: &found.members,
        written,
    }
}

/// The request as it is, for an author who wants it so.
pub(super) fn raw(head: &Head<'_>, body: HttpBody) -> Result<HttpRequest, Refusal> {
    let method = Method::from_bytes(head.method().as_bytes()).map_err(|_| unusable("method"))?;
    let mut request = HttpRequest::new(method, head.target()).body(body);
    *request.headers_mut() = headers(head)?;
    Ok(request)
}

/// The headers, in the order in which they came.
pub(super) fn headers(head: &Head<'_>) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    for (name, value) in head.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable("headers"))?;
        let value = HeaderValue::from_bytes(value).map_err(|_| unusable("headers"))?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn unusable(what: &str) -> Refusal {
    Refusal::new(400, format!("cannot use the {what}"), "it is no HTTP")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_of(content_type: &str) -> Result<Form, u16> {
        form_of_content(content_type).map_err(|refusal| refusal.status())
    }

    #[test]
    fn the_content_type_says_how_the_body_is_written() {
        assert_eq!(form_of("application/json"), Ok(Form::Json));
        assert_eq!(form_of("Application/JSON; charset=utf-8"), Ok(Form::Json));
        assert_eq!(
            form_of("application/x-www-form-urlencoded"),
            Ok(Form::Pairs)
        );
        assert_eq!(form_of("text/plain"), Err(415));
        assert_eq!(form_of(""), Err(415));
    }
}
