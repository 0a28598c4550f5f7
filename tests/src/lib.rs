//! What the end-to-end tests share: the real binaries, a folder and an environment
//! of their own, and the certainty that nothing is left behind.

#![expect(
    clippy::missing_panics_doc,
    reason = "a fixture panics whenever a test must fail"
)]

mod background;
mod binaries;
mod certificate;
mod client;
mod ending;
mod health;
mod http;
mod normal;
mod outcome;
mod resources;
mod session;

pub use background::Background;
pub use binaries::binary;
pub use certificate::{Certificate, EncryptedClient};
pub use client::Client;
pub use ending::kill_and_wait;
pub use health::Health;
pub use http::{Response, exchange, get, respond};
pub use normal::normal;
pub use outcome::Outcome;
pub use resources::{allocated_bytes, peak_bytes, raise_open_files};
pub use session::Session;

/// How long anything may take before a test gives up: far more than it needs on a busy machine.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(30);
