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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Start;

/// Control-c, or another request to end. Without a handler, the object completes as
/// [`Aborted`](crate::Aborted).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stop;

/// The stored settings have changed, and these are they now, under what the environment and
/// the command line say. Without a handler, the settings file is not looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsChanged<S> {
    /// All settings, changed or not.
    pub settings: S,
}

/// Clients can connect now. Without a handler, it is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// Where the object wanted to listen.
    pub requested: HostPort,
    /// Where it listens: the same, with the port that the system chose when it was 0.
    pub address: SocketAddr,
}

/// A client has connected. Without a handler, it is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The connection.
    pub connection: ObjectId,
    /// The client's end of it.
    pub client: SocketAddr,
}

/// A server that this object has connected to can be reached. Without a handler, it is dropped.
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
