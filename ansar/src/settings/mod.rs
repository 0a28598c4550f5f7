//! What can be configured: factory values, then what is stored, then the command line.

mod byte_size;
mod layers;
mod options;
mod secret;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host_port::HostPort;

pub use byte_size::ByteSize;
pub use secret::Secret;

pub(crate) use layers::{LayerError, Stored, layered};
pub(crate) use options::{Action, Options};

/// The settings of a program: a plain struct whose members are its options.
///
/// [`#[settings]`](macro@crate::settings) writes the implementation.
pub trait Settings: Debug + Clone + Serialize + DeserializeOwned + 'static {
    /// The version of the program, as its package has it.
    const VERSION: &'static str = "";
    /// What the program is, in one line, as its package has it.
    const ABOUT: &'static str = "";
    /// What the command line knows of each member.
    const MEMBERS: &'static [Member];

    /// Where to listen: the members `host: String` and `port: u16`, when there are both.
    fn listen_at(&self) -> Option<HostPort> {
        None
    }
}

/// One member of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name in Rust, with underscores.
    pub name: &'static str,
    /// What it is for, in one line.
    pub description: &'static str,
}

/// A program without anything to configure.
impl Settings for () {
    const MEMBERS: &'static [Member] = &[];
}
