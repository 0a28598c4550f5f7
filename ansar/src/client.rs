//! Who asks: for handlers that want to know.

use std::net::SocketAddr;
use std::rc::Rc;

use http::HeaderMap;

/// The client that has sent a request, for a handler that takes `client: &Client`.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// struct WhoAmI;
/// #[message]
/// struct You { address: String }
///
/// struct Server;
///
/// #[handlers]
/// impl Server {
///     fn who_am_i(&mut self, _: WhoAmI, client: &Client) -> You {
///         let address = client.address();
///         You { address: address.map_or_else(String::new, |address| address.to_string()) }
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Client(Option<Rc<Details>>);

#[derive(Debug)]
struct Details {
    address: SocketAddr,
    request: String,
    headers: HeaderMap,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, request: String, headers: HeaderMap) -> Self {
        Self(Some(Rc::new(Details {
            address,
            request,
            headers,
        })))
    }

    /// Another object of this process.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Where the client is; `None` when another object of this process has sent the message.
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.as_ref().map(|details| details.address)
    }

    /// How the record names the request, as in `<00000005>.7`.
    pub fn request(&self) -> Option<&str> {
        self.0.as_ref().map(|details| details.request.as_str())
    }

    /// A header of the request, whatever the case of its name, if it is there and text.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// fn is_known(client: &Client) -> bool {
    ///     client.header("x-badge").is_some()
    /// }
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.0.as_ref()?.headers;
        headers.get(name)?.to_str().ok()
    }

    /// All headers, in the order in which they came.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// fn count(client: &Client) -> usize {
    ///     client.headers().filter(|(name, _value)| *name == "cookie").count()
    /// }
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let headers = self.0.iter().flat_map(|details| &details.headers);
        headers.map(|(name, value)| (name.as_str(), value.as_bytes()))
    }
}
