//! What can be configured: factory values, then what is stored, then the environment, then
//! the command line. What comes later counts.
//!
//! | layer | where | a member `port` of `crunch_server` |
//! | --- | --- | --- |
//! | factory | `Settings::default()`, or what is given to [`run`](crate::run) | `#[default(5051)]` |
//! | stored | the settings file, or that of `--settings-file` | `{"value": {"port": 5051}}` |
//! | environment | `<PROGRAM>_<MEMBER>`, in capitals, with `_` for all but letters and digits | `CRUNCH_SERVER_PORT=5051` |
//! | command line | the option | `--port=5051` |
//!
//! A value in the environment or on the command line is taken as text where the member can be
//! text, and otherwise as JSON. So no text is mistaken for a number, and members that are
//! structs, lists or options are given as JSON, as a whole:
//! `--address='{"host": "127.0.0.1", "port": 5051}'`. Members of such a struct that are left
//! out take their default, not what an earlier layer has.
//!
//! `--store-settings` stores the factory values, what was stored, and the command line, **but
//! not the environment**: a variable holds for the processes that have it, which is why it was
//! set in a unit, a container or a shell. Were it stored, it would still hold after it has been
//! removed there, and a secret that was kept out of files would be in one. `--dump-settings`
//! shows what the program would run with, the environment included.
//!
//! A variable that begins with the program's name and names no member is ignored, since it may
//! be meant for somebody else; a warning in the record names it, since it may be misspelt.

mod byte_size;
mod configuration;
mod environment;
mod given;
mod layers;
mod options;
mod secret;
mod section;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host_port::HostPort;

pub use byte_size::ByteSize;
pub use secret::Secret;

pub(crate) use configuration::{Configuration, StoredMembers};
pub(crate) use environment::{Environment, NotText};
pub(crate) use given::Given;
pub(crate) use layers::LayerError;
pub(crate) use options::{Action, Options};
pub(crate) use secret::exposed;
pub(crate) use section::Section;

/// The settings of a program: a plain struct whose members are its options.
///
/// [`#[settings]`](macro@crate::settings) writes the implementation.
///
/// ```
/// use ansar::Settings as _;
/// use ansar::prelude::*;
///
/// #[settings]
/// struct Settings {
///     #[default("127.0.0.1")]
///     host: String,
///     #[default(5051)]
///     port: u16,
/// }
///
/// let settings = Settings { port: 8080, ..Settings::default() };
/// assert_eq!(settings.listen_at(), Some(HostPort::new("127.0.0.1", 8080)));
/// ```
pub trait Settings: Debug + Clone + Send + Serialize + DeserializeOwned + 'static {
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
///
/// ```
/// use ansar::Settings as _;
/// use ansar::settings;
///
/// #[settings]
/// struct Limits {
///     /// Texts that are kept
///     #[default(100)]
///     text_limit: usize,
/// }
///
/// let member = Limits::MEMBERS[0];
/// assert_eq!(member.name, "text_limit");
/// assert_eq!(member.description, "Texts that are kept");
/// ```
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
