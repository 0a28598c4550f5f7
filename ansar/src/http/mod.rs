//! HTTP: requests become messages, replies become responses.

mod bounds;
mod connection;
mod limits;
mod listener;
mod request;
mod response;
mod settings;

pub(crate) use listener::{Host, Listener, NoListener};
pub use settings::HttpSettings;
