//! One test for each promise, on the real binaries.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod article;
mod bad_luck;
mod crowds;
mod encrypted;
mod faults;
mod live_settings;
mod requests;
mod server;
mod settings;
mod slowness;
mod threads;
mod usage;
