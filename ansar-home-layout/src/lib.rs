//! The home folder: where everything that `ansar` runs keeps its materials.
//!
//! ```text
//! .ansar-home/                mode 0700
//!   home.json                 {"version", "created", "id"}; a home exists when this file does
//!   bin/                      deployed executables
//!   entry/<role>/role.json    a role exists when this file does
//!   entry/<role>/history.json the last runs, oldest first
//!   settings/<role>.json      written by the role's own executable
//!   logs/<role>/              the log store
//!   lock/<role>               locked for as long as the role or a descendant of it lives
//!   lock/<role>.json          the current or last run
//!   lock/<role>.out, .err     pipes: standard output and error of the role
//!   lock/group.<name>, …      the same for the supervisor of a group
//!   lock/home                 locked for a moment by whoever changes the home
//!   model/<role>/ tmp/<role>/ resource/<executable>/
//! ```
//!
//! Rules that every user of this crate may rely upon:
//!
//! - Names are validated once, by [`RoleName::parse`] and [`GroupName::parse`]; a path made
//!   of a parsed name never leaves the home.
//! - A process lives while its [`Lock`] is held; a pid alone proves nothing, see
//!   [`ProcessIdentity`].
//! - Looking ([`Lock::is_held`], [`Home::roles`], [`document::read`]) changes nothing.
//! - A document is replaced as a whole or not at all, see [`document`].
//!
//! The crate starts no threads but one: [`Home::change`] waits on one when another command
//! is changing the same home.

#![warn(missing_docs)]

pub mod document;
pub mod environment;
mod error;
mod folder;
mod home;
mod lock;
pub mod mark;
mod name;
mod process_descriptor;
mod process_identity;
mod role;
mod run;
mod tool_home;

pub use error::Error;
pub use home::{Home, HomeChange, Output};
pub use lock::Lock;
pub use name::{GroupName, NameError, RoleName};
pub use process_descriptor::PidFd;
pub use process_identity::ProcessIdentity;
pub use role::{Role, STORAGE_DEFAULT};
pub use run::{HISTORY_LENGTH_MAX, PastRun, Run};
pub use tool_home::ToolHome;
