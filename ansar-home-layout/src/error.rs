//! What can go wrong with a home.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::name::RoleName;

/// A failure of something in a home; always names the path or the role concerned.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("cannot {action} {path:?}")]
    File {
        /// What was tried, in the imperative.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it did not succeed.
        source: io::Error,
    },
    /// A document is not the JSON that it should be.
    #[error("cannot read {path:?}, it is damaged")]
    Damaged {
        /// The document.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A document is larger than any document of a home may be.
    #[error("cannot read {path:?}: larger than {limit} bytes")]
    DocumentTooLarge {
        /// The document.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// There is nothing at the path of the home.
    #[error("cannot open home {path:?}: it does not exist")]
    NoHome {
        /// Where the home should be.
        path: PathBuf,
    },
    /// There is something at the path of the home that is not one.
    #[error("cannot open home {path:?}: it is not a home")]
    NotHome {
        /// The path.
        path: PathBuf,
    },
    /// The home was made by a later version, which may keep things differently.
    #[error(
        "cannot open home {path:?}: it is of version {found}, this ansar knows versions up to {known}"
    )]
    NewerHome {
        /// The home.
        path: PathBuf,
        /// The version that it says it is of.
        found: u32,
        /// The latest version that this crate can read.
        known: u32,
    },
    /// A home cannot be created where there is one.
    #[error("cannot create home {path:?}: it already exists")]
    HomeExists {
        /// The home.
        path: PathBuf,
    },
    /// A home cannot be created where there is something else.
    #[error("cannot create home {path:?}: something else is there")]
    NotEmpty {
        /// The path.
        path: PathBuf,
    },
    /// Somebody else was changing the home for longer than anybody waits.
    #[error("cannot change home {path:?}: another command is changing it")]
    Busy {
        /// The home.
        path: PathBuf,
    },
    /// Something in the home is running, so that it cannot be removed.
    #[error("cannot destroy home {path:?}: {name:?} is running")]
    Running {
        /// The home.
        path: PathBuf,
        /// The role, or the supervisor of a group (`group.<name>`).
        name: String,
    },
    /// A role of this name exists.
    #[error("cannot add role \"{role}\": it already exists")]
    RoleExists {
        /// The role.
        role: RoleName,
    },
    /// Something about a process could not be found out.
    #[error("cannot {action} process {pid}")]
    Process {
        /// What was tried, in the imperative.
        action: &'static str,
        /// The process.
        pid: i32,
        /// Why it did not succeed.
        source: io::Error,
    },
}

/// Gives an [`Error::File`] its action and path: `.map_err(file("open", path))`.
pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File {
        action,
        path,
        source,
    }
}
