//! What objects do: they ask each other, wait, change their states, create others, and end.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod addresses;
mod asking;
mod blocking;
mod clients;
mod completion;
mod family;
mod later;
mod mailbox;
mod panics;
mod pools;
mod readiness;
mod states;
mod timers;
