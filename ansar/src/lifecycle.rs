//! The messages that the framework itself sends: beginnings, ends, and what lies between.
//!
//! An object that has no handler for one of them does what is usual, which each of them says.

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;

use crate::context::Completion;
use crate::fault::Fault;
use crate::host_port::HostPort;
use crate::record::Identity;

/// The object has been created and may begin. Without a handler, a [`Program`](crate::Program)
/// listens at the `host` and `port` of its settings; any other object waits for messages.
/// A handler that replies with a fault ends the object with it.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn start(&mut self, _: Start, context: &mut Context<Self>) {
///     console!("begun as {}", context.address().id());
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Start;

/// Control-c, or another request to end. Without a handler, the object completes as
/// [`Aborted`](crate::Aborted).
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
///     context.complete(Ack {});
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stop;

/// The stored settings have changed, and these are they now, under what the environment and
/// the command line say. Without a handler, the settings file is not looked at again.
///
/// ```
/// # use ansar::prelude::*;
/// # #[settings] struct Settings { #[default("hello")] greeting: String }
/// # struct Server;
/// # #[handlers] impl Server {
/// fn settings_changed(&mut self, SettingsChanged { settings }: SettingsChanged<Settings>) {
///     console!("the greeting is now {}", settings.greeting);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsChanged<S> {
    /// All settings, changed or not.
    pub settings: S,
}

/// Clients can connect now. Without a handler, it is dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn listening(&mut self, Listening { address, .. }: Listening) {
///     console!("port {}", address.port());
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// Where the object wanted to listen.
    pub requested: HostPort,
    /// Where it listens: the same, with the port that the system chose when it was 0.
    pub address: SocketAddr,
}

/// A client has connected. Without a handler, it is dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn accepted(&mut self, Accepted { connection, client }: Accepted) {
///     trace!("{client} has come by {connection}");
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The connection.
    pub connection: ObjectId,
    /// The client's end of it.
    pub client: SocketAddr,
}

/// A server that this object has connected to can be reached. Without a handler, it is dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn connected(&mut self, Connected { requested, .. }: Connected) {
///     console!("{requested} is there");
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The remote, as [`Remote::id`](crate::Remote::id) gives it.
    pub remote: ObjectId,
    /// The server that the object wanted to connect to.
    pub requested: HostPort,
    /// The server's end of the connection.
    pub peer: SocketAddr,
}

/// A server that this object wants to connect to cannot be reached. It is tried again and
/// again, and told when that succeeds, by [`Connected`]; the failures in between are only
/// recorded. Without a handler, it is dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn not_connected(&mut self, NotConnected { requested, reason, .. }: NotConnected) {
///     warning!("{requested} is not there: {reason}");
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotConnected {
    /// The remote, as [`Remote::id`](crate::Remote::id) gives it.
    pub remote: ObjectId,
    /// The server that the object wants to connect to.
    pub requested: HostPort,
    /// Why it cannot be reached, in the words of the operating system.
    pub reason: String,
}

/// A connection of a client has ended, or the last one to a remote. Without a handler, it is
/// dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn closed(&mut self, Closed { peer, reason, .. }: Closed) {
///     trace!("{peer} has gone: {reason}");
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The connection, or the remote.
    pub connection: ObjectId,
    /// The other end of it.
    pub peer: SocketAddr,
    /// How it ended, as in `by the other side`.
    pub reason: String,
}

/// An object that this one has created has completed. Without a handler, it is dropped.
///
/// ```
/// # use ansar::prelude::*;
/// # #[message] struct Output { value: f64 }
/// # struct Server;
/// # #[handlers] impl Server {
/// fn completed(&mut self, completed: Completed) {
///     if let Some(Output { value }) = completed.value() {
///         console!("{} has made {value}", completed.object());
///     } else if let Some(fault) = completed.fault() {
///         warning!("{} has not: {fault}", completed.object());
///     }
/// }
/// # }
/// ```
pub struct Completed {
    object: ObjectId,
    completion: Completion,
}

impl Completed {
    pub(crate) fn new(object: ObjectId, completion: Completion) -> Self {
        Self { object, completion }
    }

    /// Which object.
    pub fn object(&self) -> ObjectId {
        self.object
    }

    /// The value that it completed with, if that is an `M`.
    pub fn value<M: Any>(&self) -> Option<&M> {
        match &self.completion {
            Completion::Value { value, .. } => value.downcast_ref(),
            Completion::Aborted(_) | Completion::Fault(_) => None,
        }
    }

    /// What went wrong, if it did not complete with a value.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.completion {
            Completion::Value { .. } => None,
            Completion::Aborted(fault) | Completion::Fault(fault) => Some(fault),
        }
    }
}

impl fmt::Debug for Completed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Completed")
            .field("object", &self.object)
            .field("completion", &self.completion)
            .finish()
    }
}

/// An object or a connection, by the number that the record shows it with.
///
/// It is written as the record has it, `<0000002a>`; the numbers count from the start of the process.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn start(&mut self, _: Start, context: &mut Context<Self>) {
///     let id: ObjectId = context.address().id();
///     trace!("this is {id}");
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(u32);

impl ObjectId {
    pub(crate) fn of(identity: Identity) -> Self {
        Self(identity.number())
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{:08x}>", self.0)
    }
}
