//! Connections as a client sees them.
#![expect(
    clippy::unwrap_used,
    reason = "the functions beside the tests are tests too"
)]

mod any_bytes;
mod bodies;
mod fixture;
mod keep_alive;
mod refusals;
mod responses;
mod stopping;
mod streaming;
mod time;
