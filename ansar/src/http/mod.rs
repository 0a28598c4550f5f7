//! HTTP: requests become messages, replies become responses.

mod connection;
mod limits;
mod listener;
mod request;
mod response;

pub(crate) use listener::{Listener, NoListener};
