//! How a message with a method and a path of its own is asked for.

use bytes::Bytes;
use hyper::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::fault::Faulted;
use crate::http::Endpoint;

/// What is not coded in a path: letters, digits, and what the standard says can mean nothing else.
const CODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

type Members = Map<String, Value>;

/// The parts of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) method: Method,
    pub(super) target: String,
    /// The members that stand in neither the path nor the query, as JSON.
    pub(super) body: Option<Bytes>,
}

/// Puts the members of a message, which are JSON, where its endpoint has them: in the path, and
/// the others in the query of what has no body, or else in the body.
pub(super) fn parts(endpoint: Endpoint, members: &[u8]) -> Result<Parts, Faulted> {
    let unusable = |reason: String| Faulted::rejected("cannot send", reason);
    let mut members: Members =
        serde_json::from_slice(members).map_err(|error| unusable(error.to_string()))?;
    let method = Method::from_bytes(endpoint.method.as_bytes())
        .map_err(|_| unusable(format!("{:?} is no method", endpoint.method)))?;
    let mut target = path(endpoint.path, &mut members).map_err(unusable)?;
    if !matches!(method, Method::GET | Method::DELETE) {
        let body = Value::Object(members).to_string().into();
        return Ok(Parts {
            method,
            target,
            body: Some(body),
        });
    }
    let query = query(&members).map_err(unusable)?;
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    Ok(Parts {
        method,
        target,
        body: None,
    })
}

/// Fills in the parts in braces, and takes them from the members.
fn path(template: &str, members: &mut Members) -> Result<String, String> {
    let filled = template.split('/').map(|part| {
        let Some(name) = part
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        else {
            return Ok(part.to_owned());
        };
        let value = members.remove(name).unwrap_or_default();
        match scalar(&value) {
            Some(text) if !text.is_empty() => Ok(utf8_percent_encode(&text, CODED).to_string()),
            _ => Err(format!("{name:?} is {value}, which a path cannot hold")),
        }
    });
    let filled: Result<Vec<String>, String> = filled.collect();
    filled.map(|parts| parts.join("/"))
}

/// Members as pairs, those of a list one for each element; one that is null is left out, which
/// is its default on the other side.
fn query(members: &Members) -> Result<String, String> {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in members {
        let values = match value {
            Value::Null => continue,
            Value::Array(elements) => elements.as_slice(),
            other => std::slice::from_ref(other),
        };
        for value in values {
            let text = scalar(value)
                .ok_or_else(|| format!("{name:?} is {value}, which a query cannot hold"))?;
            pairs.append_pair(name, &text);
        }
    }
    Ok(pairs.finish())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of(method: &'static str, members: &str) -> Result<(String, Option<String>), String> {
        let endpoint = Endpoint {
            method,
            path: "/shops/{shop}/orders/{id}",
            status: 200,
        };
        let parts = parts(endpoint, members.as_bytes()).map_err(|fault| fault.to_string())?;
        assert_eq!(parts.method.as_str(), method);
        let body = parts
            .body
            .map(|body| String::from_utf8_lossy(&body).into_owned());
        Ok((parts.target, body))
    }

    #[test]
    fn members_stand_in_the_path_and_in_the_query() {
        let members = r#"{"id":7,"shop":"a b/c","all":true,"tags":["x","y&z"],"none":null}"#;
        let target = "/shops/a%20b%2Fc/orders/7?all=true&tags=x&tags=y%26z";
        assert_eq!(parts_of("GET", members), Ok((target.into(), None)));
        let members = r#"{"id":7,"shop":"s"}"#;
        let target = "/shops/s/orders/7";
        assert_eq!(parts_of("DELETE", members), Ok((target.into(), None)));
    }

    #[test]
    fn what_has_a_body_has_the_others_there() {
        let members = r#"{"id":7,"shop":"s","lines":[{"price":1.5}]}"#;
        let body = r#"{"lines":[{"price":1.5}]}"#;
        let target = "/shops/s/orders/7";
        let expected = Ok((target.into(), Some(body.into())));
        assert_eq!(parts_of("PUT", members), expected);
    }

    #[test]
    fn what_has_no_form_there_is_named() {
        let error = |members| parts_of("GET", members).unwrap_err();
        assert_eq!(
            error(r#"{"id":7,"shop":""}"#),
            "cannot send (\"shop\" is \"\", which a path cannot hold)"
        );
        assert_eq!(
            error(r#"{"id":7,"shop":"s","deep":{"x":1}}"#),
            "cannot send (\"deep\" is {\"x\":1}, which a query cannot hold)"
        );
    }
}
