//! Network servers as messages and handlers.
//!
//! A server is three declarations: the messages that clients may send, an object
//! with one handler for each, and the settings. HTTP, the command line, stored
//! settings, an orderly stop and the diagnostic record come with [`run`].
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use ansar::prelude::*;
//!
//! /// Asks for `x * x`.
//! #[message]
//! struct Square {
//!     x: f64,
//! }
//!
//! #[message]
//! struct Output {
//!     value: f64,
//! }
//!
//! struct Server;
//!
//! impl Program for Server {
//!     type Settings = Settings;
//!     type Api = (Square,);
//!
//!     fn create(_settings: Settings) -> Self {
//!         Self
//!     }
//! }
//!
//! #[handlers]
//! impl Server {
//!     fn square(&mut self, Square { x }: Square) -> Output {
//!         Output { value: x * x }
//!     }
//! }
//!
//! #[settings]
//! struct Settings {
//!     #[default("127.0.0.1")]
//!     host: String,
//!     #[default(5051)]
//!     port: u16,
//! }
//!
//! fn main() -> ExitCode {
//!     ansar::run::<Server>(Settings::default())
//! }
//! ```
//!
//! Ask it: `curl "http://127.0.0.1:5051/Square?x=1.5"`.
//!
//! # Requests
//!
//! The last part of the path is the name of the message. Its members stand in the
//! query string, in a form, or in a JSON object, alone or as `{"value":{…}}`.
//! Members left out take their default; members that are unknown or of the wrong
//! type are refused with a [`Faulted`] that names them. What a member can be is
//! said in [`types`].
//!
//! # Replies
//!
//! What a handler returns is the reply: a message, or a `Result` of two. It is
//! sent as `{"value":["module.Name",{members},[]]}`, so that a client can tell
//! one kind of reply from another.
//!
//! # Settings
//!
//! Members of the settings are options of the command line, variables of the environment, and
//! stored in a file: [`settings`](mod@settings) says which counts. A [`Secret`] is never shown.
//! Every program has [`HttpSettings`] beside its own.
//!
//! # The record
//!
//! The framework records what happens to objects and messages. [`console!`],
//! [`warning!`], [`fault!`], [`trace!`] and [`debug!`](crate::debug!) add what the
//! author has to say, and events of the `tracing` ecosystem land there too. It is
//! shown by `--debug-level=DEBUG`, and kept when the program runs as a role.
//!
//! # Rules
//!
//! - A handler is short and does not wait: the object handles one message at a time.
//! - A handler that panics is a fault of that one request; the server goes on.
#![warn(missing_docs)]

// The macros write `::ansar::…`, also for this crate's own tests.
extern crate self as ansar;

mod address;
mod api;
mod ask;
mod asker;
mod blocking;
mod changes;
mod client;
mod context;
mod crew;
mod diagnostic;
mod encoding;
mod family;
mod fault;
mod file_watch;
mod guard;
mod host_port;
mod http;
mod later;
mod life;
mod lifecycle;
mod mailbox;
mod mark;
mod members;
pub mod message;
#[doc(hidden)]
pub mod object;
mod open_files;
mod place;
mod pool;
mod process;
mod progress;
mod queue;
mod readiness;
#[doc(hidden)]
pub mod record;
mod remote;
mod reply;
mod routes;
mod serving;
pub mod settings;
mod signals;
mod system_error;
#[cfg(feature = "test")]
pub mod test;
mod timer;
pub mod types;

pub use ansar_macros::{enumeration, handlers, message, settings, states};
#[doc(hidden)]
pub use serde;
pub use tokio::time::sleep;

pub use ::http::{HeaderMap, Method};
pub use address::{Address, Delivery, Forwarded};
pub use api::{Api, Request};
pub use ask::{ASK_TIME, Ask, all, both, first};
pub use blocking::blocking;
pub use client::Client;
pub use context::Context;
pub use fault::{Aborted, Fault, Faulted, NotListening};
pub use host_port::HostPort;
pub use http::{Endpoint, HttpBody, HttpRequest, HttpResponse, HttpSettings};
pub use later::{Later, Promise};
pub use lifecycle::{
    Accepted, Closed, Completed, Connected, Listening, NotConnected, ObjectId, SettingsChanged,
    Start, Stop,
};
pub use message::{Ack, Message};
pub use object::{Handler, Object, Program, State};
pub use pool::Pool;
pub use process::run;
pub use remote::Remote;
pub use reply::{IntoReply, Reply};
pub use settings::{ByteSize, Secret, Settings};
pub use timer::Timer;
pub use types::{Any, Bytes, DateTime, Local, TimeSpan, TypeName, Utc, Uuid};

/// What a server imports.
pub mod prelude {
    pub use crate::{
        Aborted, Accepted, Ack, Address, Any, Ask, ByteSize, Bytes, Client, Closed, Completed,
        Connected, Context, DateTime, Faulted, Handler, HostPort, HttpBody, HttpRequest,
        HttpResponse, HttpSettings, Later, Listening, Local, Message, NotConnected, NotListening,
        Object, ObjectId, Pool, Program, Promise, Remote, Secret, SettingsChanged, Start, State,
        Stop, TimeSpan, Timer, TypeName, Utc, Uuid, both, console, debug, enumeration, fault,
        handlers, message, settings, states, trace, warning,
    };
}
