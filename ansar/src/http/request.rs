//! What a request asks for: decided from its head alone, and then its body.

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::Method;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use tokio::time::timeout;

use super::limits;
use super::response::Refusal;
use crate::api::Members;

/// The message that is asked for: the last part of the path.
pub(super) fn name(parts: &Parts) -> Result<&str, Refusal> {
    let path = parts.uri.path();
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::new(
            404,
            format!("no message in {path:?}"),
            "ask for one by name, as in /Name?member=value",
        ));
    }
    Ok(name)
}

/// Refuses a head that is larger than the limits.
pub(super) fn check_size(parts: &Parts) -> Result<(), Refusal> {
    let target = parts
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > limits::TARGET_BYTES {
        let reason = format!("{target} bytes, and {} is the limit", limits::TARGET_BYTES);
        return Err(Refusal::new(414, "the request target is too long", reason));
    }
    let head: usize = parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if head > limits::HEAD_BYTES {
        let reason = format!("{head} bytes, and {} is the limit", limits::HEAD_BYTES);
        return Err(Refusal::new(
            431,
            "the request headers are too large",
            reason,
        ));
    }
    Ok(())
}

/// Refuses a method that does not send a message.
pub(super) fn check_method(method: &Method, name: &str) -> Result<(), Refusal> {
    match *method {
        Method::GET | Method::HEAD | Method::POST => Ok(()),
        _ => Err(Refusal::new(
            405,
            format!("cannot {method} {name}"),
            "send it by GET or by POST",
        )),
    }
}

/// How the members of the message are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the query string, and nothing in the body.
    Query,
    /// In the body, as a form.
    Pairs,
    /// In the body, as JSON.
    Json,
}

/// Decides how the members are written, from the content type and from what is there.
pub(super) fn form(headers: &HeaderMap, has_query: bool, has_body: bool) -> Result<Form, Refusal> {
    if !has_body {
        return Ok(Form::Query);
    }
    if has_query {
        return Err(Refusal::new(
            400,
            "members in two places",
            "send them in the query string or in the body, not in both",
        ));
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Ok(Form::Json),
        "application/x-www-form-urlencoded" => Ok(Form::Pairs),
        _ => Err(Refusal::new(
            415,
            format!("unsupported content type {content_type:?}"),
            "send application/json or application/x-www-form-urlencoded",
        )),
    }
}

/// The members of a message as they arrived.
pub(super) struct Written {
    form: Form,
    body: Bytes,
}

impl Written {
    /// Reads the body, if there is one, within the limits of size and time.
    pub(super) async fn read(parts: &Parts, body: Incoming) -> Result<Self, Refusal> {
        if body.is_end_stream() {
            return Ok(Self {
                form: Form::Query,
                body: Bytes::new(),
            });
        }
        let has_query = parts.uri.query().is_some_and(|query| !query.is_empty());
        // What will not be understood is refused before it is read.
        check_length(&parts.headers)?;
        form(&parts.headers, has_query, declares_body(&parts.headers))?;
        let body = read_body(body).await?;
        let form = form(&parts.headers, has_query, !body.is_empty())?;
        Ok(Self { form, body })
    }

    pub(super) fn members<'a>(&'a self, parts: &'a Parts) -> Members<'a> {
        match self.form {
            Form::Query => Members::Pairs(parts.uri.query().unwrap_or_default().as_bytes()),
            Form::Pairs => Members::Pairs(&self.body),
            Form::Json => Members::Json(&self.body),
        }
    }
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A chunked body may turn out to be empty: only a length is a declaration.
fn declares_body(headers: &HeaderMap) -> bool {
    declared_length(headers).is_some_and(|length| length > 0)
}

fn too_large() -> Refusal {
    let reason = format!("{} bytes is the limit", limits::BODY_BYTES);
    Refusal::new(413, "the request body is too large", reason)
}

fn check_length(headers: &HeaderMap) -> Result<(), Refusal> {
    match declared_length(headers) {
        Some(length) if length > limits::BODY_BYTES => Err(too_large()),
        _ => Ok(()),
    }
}

async fn read_body(body: Incoming) -> Result<Bytes, Refusal> {
    let collected = timeout(
        limits::BODY_TIME,
        Limited::new(body, limits::BODY_BYTES).collect(),
    )
    .await;
    match collected {
        Err(_) => {
            let reason = format!("it took longer than {}s", limits::BODY_TIME.as_secs());
            Err(Refusal::new(408, "the request body did not arrive", reason))
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Refusal::new(
            400,
            "the request body did not arrive",
            error.to_string(),
        )),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use hyper::Request;
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    fn form_of(content_type: &'static str) -> Result<Form, u16> {
        form(&headers(content_type), false, true).map_err(|refusal| refusal.status())
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
        assert_eq!(
            form(&HeaderMap::new(), false, true).unwrap_err().status(),
            415
        );
    }

    #[test]
    fn without_a_body_its_type_does_not_matter() {
        assert_eq!(form(&headers("text/plain"), true, false), Ok(Form::Query));
    }

    #[test]
    fn members_in_two_places_are_refused() {
        assert_eq!(
            form(&headers("application/json"), true, true)
                .unwrap_err()
                .status(),
            400
        );
    }

    #[test]
    fn the_name_is_the_last_part_of_the_path() {
        let name_of = |target: &str| {
            let (parts, ()) = Request::builder()
                .uri(target)
                .body(())
                .unwrap()
                .into_parts();
            name(&parts)
                .map(str::to_owned)
                .map_err(|refusal| refusal.status())
        };
        assert_eq!(name_of("/Multiply?x=1/2").as_deref(), Ok("Multiply"));
        assert_eq!(name_of("/any/prefix/Multiply").as_deref(), Ok("Multiply"));
        assert_eq!(name_of("/"), Err(404));
        assert_eq!(name_of("/Multiply/"), Err(404));
    }
}
