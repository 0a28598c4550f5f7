//! HTTP/1.1 on one connection: bytes to requests, responses to bytes.
//!
//! [`serve`] reads requests from anything that tokio can read and write, asks a [`Service`]
//! for the answers, and says in the end how it [ended](End). It knows nothing of what is
//! answered, nor of sockets, tasks and threads: whoever accepts a connection runs the future
//! where the answers are made.
//!
//! # Design
//!
//! - *Answers are made between a read and a write.* A request that is all in the read buffer
//!   is parsed, answered and encoded by plain function calls: the [`Head`] borrows the
//!   buffer, nothing is allocated, and all requests of one read are answered by one write.
//!   Everything else (a body that is still arriving, an answer that comes later, a response
//!   in pieces) is an exchange (`exchange.rs`), which may allocate, since it waits anyway.
//! - *Decisions are functions*: what a head means (`head.rs`, `framing.rs`), what is data in
//!   a body (`decoder.rs`), how a response is written (`encode.rs`). The connection performs.
//! - *An idle connection holds no buffer*: it takes one from the thread's pool when the first
//!   byte arrives, and no timer is touched by a request. See `buffers.rs` and `idle.rs`.
//! - *What is ambiguous is refused*, never repaired: a request that two programs could read
//!   differently is how requests are smuggled past one of them.
//!
//! # Why not hyper
//!
//! hyper is what this crate is measured beside. It must serve clients, HTTP/2, upgrades and
//! executors of any kind, so its requests own their headers, its bodies cross a channel, and
//! its timers are armed for each request. What it gives that is needed here is small, and what
//! cannot be had from it (the words of a refusal, the end of a connection as a value, bodies
//! that are slices of the read buffer) is much of the work.
//!
//! # What is deliberately absent
//!
//! HTTP/2, upgrades, `CONNECT` and proxying, compression, informational responses but 100, and
//! trailers (dropped when they come). Of a client there is only [`Responses`], which reads what
//! comes back when requests are sent ahead of the answers to others; hyper's client, which the
//! framework uses otherwise, waits for each answer. TLS is a matter of what is read and written.
#![warn(missing_docs)]

mod body_reader;
mod buffers;
mod chunked;
mod closing;
mod collecting;
mod connection;
mod date;
mod decoder;
mod encode;
mod end;
mod exchange;
mod framing;
mod head;
mod idle;
mod input;
mod limits;
mod output;
mod problem;
mod pump;
mod request;
mod response;
mod responses;
mod service;
mod source;
mod stop;
mod timer;

pub use body_reader::BodyReader;
pub use connection::serve;
pub use end::End;
pub use framing::Framing;
pub use head::{Head, Version};
pub use limits::{HEADERS, Limits};
pub use problem::{Problem, Syntax};
pub use response::{Body, Chunks, Response};
pub use responses::{Responses, Unreadable, WholeResponse};
pub use service::{Answer, Plan, Service};
pub use stop::Stop;
