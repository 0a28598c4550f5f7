//! One test for each promise, on the real binaries.

mod article;
mod bad_luck;
mod requests;
mod server;
mod usage;
