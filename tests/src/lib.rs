//! The fixture of the end-to-end tests: real binaries in sandboxes that leave nothing behind.
//!
//! A test makes a [`Sandbox`], a folder of its own with a clean environment, and in it runs
//! programs to their end ([`Sandbox::run`]) or keeps them running ([`Sandbox::spawn`],
//! [`Sandbox::serve`]). A program that still runs when its guard is dropped is killed with
//! all of its process group, also when the test panics. Every wait has a deadline, and none
//! of them is a sleep of a fixed length.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fixture that cannot do its work fails the test, which is a panic"
)]

mod binaries;
mod capture;
mod client;
mod deadline;
mod normal;
mod outcome;
mod process;
mod record_line;
mod response;
mod sandbox;
mod server;
mod stragglers;

pub use client::Client;
pub use deadline::{LIMIT, eventually};
pub use nix::sys::signal::Signal;
pub use normal::normalised;
pub use outcome::Outcome;
pub use process::Process;
pub use record_line::RecordLine;
pub use response::Response;
pub use sandbox::Sandbox;
pub use server::Server;
