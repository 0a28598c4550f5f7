//! HTTP: requests become messages, replies become responses.

mod body;
mod bounds;
mod connection;
mod endpoint;
mod exchange;
mod limits;
mod listener;
mod port;
mod reception;
mod request;
mod response;
mod settings;
mod tls;
mod unencrypted;

pub use body::HttpBody;
pub(crate) use body::{Uncollected, collect};
pub use endpoint::Endpoint;
pub(crate) use endpoint::{Match, PathMember, Paths};
pub use exchange::{HttpRequest, HttpResponse};
pub(crate) use listener::{Listener, NoListener};
pub(crate) use port::{Port, Ports};
pub(crate) use reception::{Host, Reception};
pub(crate) use response::Refusal;
pub use settings::HttpSettings;
