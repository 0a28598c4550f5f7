//! Network servers as messages and handlers.
//!
//! This is the guide: ten minutes from the first server to all that there is. Each part stands
//! on its own; skip what you do not need.
//!
//! # A server
//!
//! A server is three declarations: the messages that clients may send, an object with one
//! handler for each, and the settings. HTTP, the command line, stored settings, an orderly stop
//! and the diagnostic record come with [`run`].
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
//! Ask it: `curl "http://127.0.0.1:5051/Square?x=1.5"`. The answer says what it is and what is
//! in it, `{"value":["main.Output",{"value":2.25},[]]}`, so that a client can tell one kind of
//! answer from another.
//!
//! # Messages
//!
//! The last part of the path is the name of the message. Its members stand in the query string,
//! in a form, or in a JSON object. Members that are left out take their default; those that are
//! unknown or of the wrong type are refused with a [`Faulted`] that names them and says what is
//! expected. Numbers, text, [times](DateTime), [spans of time](TimeSpan), [bytes](Bytes),
//! [enumerations](macro@enumeration), lists, maps, and messages in messages: [`types`] has the
//! table.
//!
//! # Handlers
//!
//! `#[handlers]` makes every method the handler of the message that it takes, and the type an
//! [`Object`]. An object handles one message at a time, on one thread: it needs no locks, and a
//! handler must not wait. What it returns is the answer: a message, nothing, or a `Result`
//! whose error is a refusal. A handler that panics is a fault of that one message.
//!
//! A handler that wants to know who asks takes `client: &Client`, and one that wants something
//! of the framework takes `context: &mut Context<Self>`:
//!
//! ```
//! # use ansar::prelude::*;
//! # #[message] struct Enter { name: String }
//! # #[message] struct Welcome { text: String }
//! # struct Door;
//! #[handlers]
//! impl Door {
//!     fn enter(&mut self, Enter { name }: Enter, client: &Client) -> Result<Welcome, Faulted> {
//!         if client.header("X-Badge").is_none() {
//!             return Err(Faulted::rejected("cannot enter", "there is no badge").with_status(401));
//!         }
//!         Ok(Welcome { text: format!("good day, {name}") })
//!     }
//! }
//! ```
//!
//! # Answering later
//!
//! A handler that needs something that takes time returns a [`Later`]: a future of the answer,
//! which does not borrow the object. Meanwhile the object handles other messages, thousands of
//! them if need be. [`both`], [`all`] and [`first`] wait for several answers; each [`Ask`] has
//! a time limit, ten seconds unless [`within`](Ask::within) says otherwise, and that there was
//! no answer is a value like any other.
//!
//! ```
//! # use ansar::prelude::*;
//! # #[message] struct Multiply { x: f64, y: f64 }
//! # #[message] struct Output { value: f64 }
//! # #[message] struct MulAdd { a: f64, b: f64, c: f64, d: f64 }
//! struct Composer {
//!     server: Option<Remote>,
//! }
//!
//! #[handlers]
//! impl Composer {
//!     fn start(&mut self, _: Start, context: &mut Context<Self>) {
//!         self.server = Some(context.connect(HostPort::new("127.0.0.1", 5051)));
//!     }
//!
//!     fn mul_add(&mut self, MulAdd { a, b, c, d }: MulAdd) -> Later<Result<Output, Faulted>> {
//!         let server = self.server.clone().expect("it is made at the start");
//!         Later::new(async move {
//!             let left = server.ask::<Output>(Multiply { x: a, y: b });
//!             let right = server.ask::<Output>(Multiply { x: c, y: d });
//!             let (left, right) = both(left, right).await;
//!             Ok(Output { value: left?.value + right?.value })
//!         })
//!     }
//! }
//! ```
//!
//! A [`Remote`] keeps its connections, and finds its server again by itself; while it is away,
//! asking it is answered by a fault at once. [`Connected`], [`NotConnected`] and [`Closed`]
//! tell an object that has handlers for them. A `Remote` also asks servers that are not of this
//! framework: see [`Remote::get`], [`Remote::post`] and [`Remote::request`].
//!
//! When the answer comes to be known in another handler, keep a [`Promise`] of it. Work that
//! blocks or computes goes to [`blocking`], on threads of its own.
//!
//! # Several objects
//!
//! An object may [create](Context::create) others, and talk to them by their [`Address`]: by
//! [`send`](Address::send) without an answer, by [`ask`](Address::ask) with one, by
//! [`forward`](Address::forward) when their answer is the answer to whoever asked. A
//! [`Pool`] has several of a kind share the work. Any struct can be sent within a process;
//! only what travels outside is a `#[message]`.
//!
//! An object ends by [`complete`](Context::complete), and its creator is told by [`Completed`].
//! [`Stop`] asks it to end; before an object is gone, those that it has created are, the latest
//! first. As many messages as its [`MAILBOX`](Object::MAILBOX) has room for may wait for an
//! object. One more is refused at once, a client with status 503.
//!
//! # What the framework tells
//!
//! [`Start`], [`Stop`], [`Listening`], [`NotListening`], [`Accepted`], [`Closed`],
//! [`Completed`], [`SettingsChanged`] and others are messages like any other: write a handler
//! for those that matter. Without one, what is usual happens, as each of them says.
//!
//! # Sessions
//!
//! One object may serve all connections, or each connection an object of its own, which knows
//! its client from one request to the next:
//!
//! ```
//! # use ansar::prelude::*;
//! # #[message] struct Next;
//! # #[message] struct Number { value: u64 }
//! #[derive(Default)]
//! struct Session {
//!     counted: u64,
//! }
//!
//! #[handlers]
//! impl Session {
//!     fn next(&mut self, _: Next) -> Number {
//!         self.counted += 1;
//!         Number { value: self.counted }
//!     }
//! }
//!
//! struct Server;
//!
//! #[handlers]
//! impl Server {
//!     fn start(&mut self, _: Start, context: &mut Context<Self>) {
//!         let address = HostPort::new("127.0.0.1", 5051);
//!         context.listen_with_sessions::<(Next,), Session>(address, |_accepted| Session::default());
//!     }
//! }
//! ```
//!
//! # Timers and states
//!
//! [`Context::after`] and [`Context::every`] send the object a message when the time has come.
//! An object whose behaviour depends on a state says so by
//! [`#[states]`](macro@states): the record shows the state, and messages that come too early
//! are [deferred](Context::defer) to the next one.
//!
//! ```
//! # use std::time::Duration;
//! # use ansar::prelude::*;
//! # #[message] struct Work;
//! # #[message] struct Done;
//! #[states]
//! enum Stage {
//!     WarmingUp,
//!     Ready,
//! }
//!
//! struct Machine {
//!     stage: Stage,
//! }
//!
//! struct Warm;
//!
//! #[handlers(state = self.stage)]
//! impl Machine {
//!     fn start(&mut self, _: Start, context: &mut Context<Self>) {
//!         context.after(Duration::from_secs(2), Warm);
//!     }
//!
//!     fn warm(&mut self, _: Warm) {
//!         self.stage = Stage::Ready;
//!     }
//!
//!     fn work(&mut self, work: Work, context: &mut Context<Self>) -> Later<Done> {
//!         match self.stage {
//!             Stage::WarmingUp => context.defer(work),
//!             Stage::Ready => Later::now(Done),
//!         }
//!     }
//! }
//! ```
//!
//! # HTTP as you want it
//!
//! A message may have a method and a path of its own, whose parts in braces are members:
//!
//! ```
//! # use ansar::prelude::*;
//! #[message]
//! #[http(GET, "/customers/{id}")]
//! struct Look {
//!     id: u64,
//! }
//!
//! #[message]
//! #[http(POST, "/customers", status = 201)]
//! struct Add {
//!     name: String,
//! }
//! ```
//!
//! With [`HttpRequest`] in the list of messages, requests that ask for none of the others, by name
//! or by path, are handled as they are, and answered by an [`HttpResponse`]; their bodies are streams, so that
//! files of any size go both ways.
//!
//! What a client may take is limited by [`HttpSettings`], which every program has as options
//! beside its own: the time of a request, the size of a body, the number of connections.
//! HTTPS is `--http-tls-certificate=FILE --http-tls-key=FILE`, and certificates that are
//! renewed are taken without a restart. There is no HTTP/2.
//!
//! # Settings
//!
//! Members of the settings are options of the command line, variables of the environment, and
//! stored in a file: [`settings`](mod@settings) says which counts. A [`Secret`] is never shown.
//! An object with a handler for [`SettingsChanged`] is told when the file changes.
//!
//! # The record
//!
//! The framework records what happens to objects and messages. [`console!`], [`warning!`],
//! [`fault!`], [`trace!`] and [`debug!`](crate::debug!) add what the author has to say, and
//! events of the `tracing` ecosystem land there too. It is shown by `--debug-level=DEBUG`, and
//! kept when the program runs as a role. Requests are named by connection and number,
//! `<00000005>.7`, and by what the client calls them in `X-Request-Id`.
//!
//! # Tests
//!
#![cfg_attr(
    feature = "test",
    doc = "[`mod@test`] drives an object without sockets and in no time, or all of it at a free port."
)]
#![cfg_attr(
    not(feature = "test"),
    doc = "The feature `test` drives an object without sockets and in no time, or all of it at a free port."
)]
//!
//! # More than one processor
//!
//! One thread answers more requests than most servers ever get, and what it does needs no locks.
//! When the handlers themselves compute for long, [`blocking`] or a [`Pool`] takes that off the
//! thread. When the number of requests is too much for one processor,
//! `--http-threads=4` serves on four threads that share the port. **Each has a server object of
//! its own**, created with the same settings: that helps servers that keep nothing between
//! requests, or keep it in a database, and it is wrong for those that keep it in the object,
//! since each client meets one of four. It does not help while one processor is not busy.
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
#[doc(hidden)]
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

/// Names that a member of a message can be.
///
/// ```
/// use ansar::prelude::*;
///
/// #[enumeration]
/// enum Priority {
///     Low,
///     #[default]
///     Normal,
///     High,
/// }
///
/// #[message]
/// struct Order {
///     priority: Priority,
/// }
///
/// assert_eq!(Order::default().priority, Priority::Normal);
/// assert!(Priority::Low < Priority::High);
/// ```
pub use ansar_macros::enumeration;
/// An object, and what it does with each message.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Deposit { amount: u64 }
/// # #[message] struct Withdraw { amount: u64 }
/// # #[message] struct Balance { amount: u64 }
/// struct Account {
///     amount: u64,
/// }
///
/// #[handlers(mailbox = 100)]
/// impl Account {
///     fn deposit(&mut self, Deposit { amount }: Deposit) {
///         self.amount += amount;
///     }
///
///     fn withdraw(
///         &mut self,
///         Withdraw { amount }: Withdraw,
///         client: &Client,
///         context: &mut Context<Self>,
///     ) -> Result<Balance, Faulted> {
///         let Some(rest) = self.amount.checked_sub(amount) else {
///             warning!("{:?} asks for too much of {}", client.address(), context.address().id());
///             return Err(Faulted::rejected("cannot withdraw", "there is not as much"));
///         };
///         self.amount = rest;
///         Ok(Balance { amount: rest })
///     }
/// }
/// ```
pub use ansar_macros::handlers;
/// What is sent and replied, as a plain struct.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// struct Multiply {
///     x: f64,
///     #[default(1.0)]
///     y: f64,
/// }
///
/// /// Asked for by `GET /customers/7?verbose=true`.
/// #[message]
/// #[http(GET, "/customers/{id}")]
/// struct Look {
///     id: u64,
///     verbose: bool,
/// }
///
/// assert_eq!(Multiply::default(), Multiply { x: 0.0, y: 1.0 });
/// ```
pub use ansar_macros::message;
/// What can be configured of a program, as a plain struct.
///
/// ```
/// use ansar::prelude::*;
///
/// #[settings]
/// struct Settings {
///     #[default("127.0.0.1")]
///     host: String,
///     #[default(5051)]
///     port: u16,
///     /// Texts that are kept
///     #[default(100)]
///     text_limit: usize,
///     /// The key of the database
///     database_key: Secret,
/// }
///
/// assert_eq!(Settings::default().text_limit, 100);
/// ```
pub use ansar_macros::settings;
/// The states of an object.
///
/// ```
/// use ansar::prelude::*;
///
/// #[states]
/// enum Leaf {
///     Shut,
///     HalfOpen,
/// }
///
/// # #[message] struct Push;
/// struct Door {
///     leaf: Leaf,
/// }
///
/// #[handlers(state = self.leaf)]
/// impl Door {
///     fn push(&mut self, _: Push) {
///         self.leaf = Leaf::HalfOpen;
///     }
/// }
///
/// let mut test = ansar::test::Test::new(Door { leaf: Leaf::Shut });
/// test.send(Push);
/// assert_eq!(test.state(), Some("HALF_OPEN"));
/// ```
pub use ansar_macros::states;
#[doc(hidden)]
pub use serde;
/// Lets a time pass before a reply: what a [`Later`] waits for, and never a handler.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::prelude::*;
///
/// # #[message] struct Knock;
/// # #[message] struct Opened;
/// # struct Door;
/// #[handlers]
/// impl Door {
///     fn knock(&mut self, _: Knock) -> Later<Opened> {
///         Later::new(async {
///             ansar::sleep(Duration::from_millis(100)).await;
///             Opened
///         })
///     }
/// }
/// ```
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
pub use reply::IntoReply;
pub use settings::{ByteSize, Secret, Settings};
pub use timer::Timer;
pub use types::{Any, Bytes, DateTime, Local, TimeSpan, TypeName, Utc, Uuid};

/// What a server imports.
///
/// ```
/// use ansar::prelude::*;
/// ```
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
