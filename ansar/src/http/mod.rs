//! HTTP: requests become messages, replies become responses.

mod body;
mod connection;
mod exchange;
mod limits;
mod listener;
mod request;
mod response;
mod settings;

pub use body::HttpBody;
pub(crate) use body::{Uncollected, collect};
pub use exchange::{HttpRequest, HttpResponse};
pub(crate) use listener::{Host, Listener, NoListener};
pub use settings::HttpSettings;
