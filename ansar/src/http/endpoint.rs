//! How a message is asked for by a method and a path of its own, as in `GET /customers/7`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// The method, the path and the status of success that `#[http(GET, "/customers/{id}")]`
/// gives to a message.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// #[http(POST, "/customers", status = 201)]
/// struct Add {
///     name: String,
/// }
///
/// let endpoint = Add::ENDPOINT.expect("it has one");
/// assert_eq!(endpoint.method, "POST");
/// assert_eq!(endpoint.status, 201);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path: its parts in braces are members of the message.
    pub path: &'static str,
    /// The status of a reply that is no fault: 200, unless the author says otherwise.
    pub status: u16,
}

/// A member of a message that stood in the path, decoded.
pub(crate) type PathMember = (String, String);

/// Finds out which of some places a method and a path lead to.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// For each path, the place that each of its methods leads to.
    router: matchit::Router<BTreeMap<&'static str, usize>>,
    is_empty: bool,
}

/// Where a method and a path lead to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// To this place, with these members.
    Place(usize, Vec<PathMember>),
    /// There is such a path, for these methods.
    Methods(Vec<&'static str>),
    /// Nowhere.
    Nowhere,
}

impl Paths {
    /// Takes the endpoints, each with the place that it leads to. Paths that cannot be told apart
    /// are an error that names one of them.
    pub(crate) fn new(endpoints: impl Iterator<Item = (Endpoint, usize)>) -> Result<Self, String> {
        let mut paths: BTreeMap<&'static str, BTreeMap<&'static str, usize>> = BTreeMap::new();
        for (Endpoint { method, path, .. }, place) in endpoints {
            let methods = paths.entry(path).or_default();
            if methods.insert(method, place).is_some() {
                return Err(format!("two messages are asked for by {method} {path}"));
            }
        }
        let is_empty = paths.is_empty();
        let mut router = matchit::Router::new();
        for (path, methods) in paths {
            router
                .insert(path, methods)
                .map_err(|error| format!("the path {path:?} cannot be used: {error}"))?;
        }
        Ok(Self { router, is_empty })
    }

    /// Looks where a method and a path lead to. HEAD leads where GET does.
    pub(crate) fn find(&self, method: &str, path: &str) -> Match {
        if self.is_empty {
            return Match::Nowhere;
        }
        let Ok(found) = self.router.at(path) else {
            return Match::Nowhere;
        };
        let wanted = if method == "HEAD" { "GET" } else { method };
        let Some(place) = found.value.get(wanted) else {
            return Match::Methods(found.value.keys().copied().collect());
        };
        let members = found.params.iter().map(|(name, text)| {
            let text: Cow<'_, str> = percent_decode_str(text).decode_utf8_lossy();
            (name.to_owned(), text.into_owned())
        });
        Match::Place(*place, members.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(method: &'static str, path: &'static str) -> Endpoint {
        Endpoint {
            method,
            path,
            status: 200,
        }
    }

    fn paths(endpoints: &[(&'static str, &'static str)]) -> Result<Paths, String> {
        let endpoints = endpoints.iter().enumerate();
        Paths::new(endpoints.map(|(place, (method, path))| (endpoint(method, path), place)))
    }

    #[test]
    fn a_method_and_a_path_lead_to_one_place() {
        let paths = paths(&[
            ("GET", "/customers/{id}"),
            ("DELETE", "/customers/{id}"),
            ("POST", "/customers"),
        ])
        .unwrap();
        let id = |text: &str| vec![("id".to_owned(), text.to_owned())];
        assert_eq!(paths.find("GET", "/customers/7"), Match::Place(0, id("7")));
        assert_eq!(paths.find("HEAD", "/customers/7"), Match::Place(0, id("7")));
        assert_eq!(
            paths.find("DELETE", "/customers/a%20b%2Fc"),
            Match::Place(1, id("a b/c"))
        );
        assert_eq!(paths.find("POST", "/customers"), Match::Place(2, vec![]));
        assert_eq!(
            paths.find("POST", "/customers/7"),
            Match::Methods(vec!["DELETE", "GET"])
        );
        assert_eq!(paths.find("GET", "/orders"), Match::Nowhere);
    }

    #[test]
    fn endpoints_that_cannot_be_told_apart_are_refused() {
        let error = paths(&[("GET", "/a/{x}"), ("GET", "/a/{x}")]).unwrap_err();
        assert_eq!(error, "two messages are asked for by GET /a/{x}");
        let error = paths(&[("GET", "/a/{x}"), ("PUT", "/a/{y}")]).unwrap_err();
        assert!(
            error.starts_with("the path \"/a/{y}\" cannot be used: "),
            "{error}"
        );
    }
}
