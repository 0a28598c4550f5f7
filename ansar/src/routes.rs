//! From a request to the handler of its message.

use std::fmt;
use std::rc::Rc;

use crate::asker::Asker;
use crate::client::Client;
use crate::fault::Faulted;
use crate::http::{Endpoint, HttpRequest, Match, PathMember, Paths, Refusal};
use crate::mailbox::Mailbox;
use crate::members::Members;
use crate::object::Object;
use crate::reply::Answer;

/// The methods by which a message is asked for by its name.
const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

/// How a message reaches its handler.
#[doc(hidden)]
pub struct Route<O: Object> {
    pub(crate) name: &'static str,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) deliver: Deliver<O>,
}

/// Looks closer at who asks, for a handler that wants to know.
type Look<'a> = &'a dyn Fn() -> Client;

type DeliverMessage<O> = fn(&Rc<Mailbox<O>>, Asker, Members<'_>, Look<'_>) -> Answer;
type DeliverRaw<O> = fn(&Rc<Mailbox<O>>, Asker, HttpRequest, Look<'_>) -> Answer;

/// What has the handler called.
pub(crate) enum Deliver<O: Object> {
    /// It is made of members.
    Message(DeliverMessage<O>),
    /// It is the request as it is.
    Raw(DeliverRaw<O>),
}

impl<O: Object> fmt::Debug for Route<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Route")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The routes of an object, found by what a request asks for.
#[derive(Debug)]
pub(crate) struct Routes<O: Object> {
    /// Those that are asked for by name, sorted by it, and then the others.
    all: Vec<Route<O>>,
    named: usize,
    paths: Paths,
    /// What takes the requests that no other route does.
    raw: Option<Route<O>>,
}

/// The route that a request takes.
#[derive(Debug)]
pub(crate) struct Found<'a, O: Object> {
    pub(crate) route: &'a Route<O>,
    /// The members that stood in the path.
    pub(crate) members: Vec<PathMember>,
}

impl<O: Object> Routes<O> {
    /// Sorts the routes, and refuses two with one name or with paths that look the same.
    pub(crate) fn new(mut routes: Vec<Route<O>>) -> Result<Self, Faulted> {
        let is_raw = |route: &mut Route<O>| matches!(route.deliver, Deliver::Raw(_));
        let raw = routes.extract_if(.., is_raw).last();
        routes.sort_by_key(|route| (route.endpoint.is_some(), route.name));
        let named = routes.partition_point(|route| route.endpoint.is_none());
        let cannot = |reason: String| Faulted::failed("cannot serve", reason);
        if let Some(pair) = routes[..named]
            .windows(2)
            .find(|pair| pair[0].name == pair[1].name)
        {
            let name = pair[0].name;
            let reason = format!("two messages are called {name}, and clients ask by name");
            return Err(cannot(reason));
        }
        let endpoints = routes.iter().enumerate().skip(named);
        let endpoints = endpoints.filter_map(|(place, route)| Some((route.endpoint?, place)));
        let paths = Paths::new(endpoints).map_err(cannot)?;
        Ok(Self {
            all: routes,
            named,
            paths,
            raw,
        })
    }

    /// The route for a method and a path, or why there is none.
    pub(crate) fn find(&self, method: &str, path: &str) -> Result<Found<'_, O>, Refusal> {
        match self.paths.find(method, path) {
            Match::Place(place, members) => Ok(Found {
                route: &self.all[place],
                members,
            }),
            Match::Methods(methods) => Err(Refusal::method(method, path, &methods)),
            Match::Nowhere => self.find_by_name(method, path),
        }
    }

    /// The route that takes what no other one does, if there is one.
    fn otherwise(&self, refusal: impl FnOnce() -> Refusal) -> Result<Found<'_, O>, Refusal> {
        let members = Vec::new();
        match &self.raw {
            Some(route) => Ok(Found { route, members }),
            None => Err(refusal()),
        }
    }

    /// The name is the last part of the path.
    fn find_by_name(&self, method: &str, path: &str) -> Result<Found<'_, O>, Refusal> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let named = &self.all[..self.named];
        let Ok(place) = named.binary_search_by_key(&name, |route| route.name) else {
            return self.otherwise(|| unknown(name, path));
        };
        if !METHODS.contains(&method) {
            return Err(Refusal::method(method, name, &METHODS));
        }
        Ok(Found {
            route: &named[place],
            members: Vec::new(),
        })
    }
}

fn unknown(name: &str, path: &str) -> Refusal {
    if name.is_empty() {
        return Refusal::new(
            404,
            format!("no message in {path:?}"),
            "ask for one by name, as in /Name?member=value",
        );
    }
    let reason = format!("there is no message {name:?} here");
    Refusal::new(404, "unknown message", reason)
}
