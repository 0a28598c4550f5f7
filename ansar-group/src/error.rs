//! What can go wrong with a group.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

/// A failure of the supervisor itself, or of looking after one. That a role does not start is no
/// such failure, but a [`Report`](crate::Report).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something in the home.
    #[error(transparent)]
    Home(#[from] ansar_home_layout::Error),
    /// A log store.
    #[error(transparent)]
    Log(#[from] ansar_log::Error),
    /// The operating system refused something on a file.
    #[error("cannot {action} {path:?}")]
    File {
        /// What was tried, in the imperative.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it did not succeed.
        source: io::Error,
    },
    /// The operating system refused something that has no file.
    #[error("cannot {action}")]
    System {
        /// What was tried, in the imperative.
        action: &'static str,
        /// Why it did not succeed.
        source: io::Error,
    },
}

impl Error {
    /// The error and what caused it, in one line.
    pub(crate) fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

/// Gives an [`Error::File`] its action and path: `.map_err(file("open", path))`.
pub(crate) fn file<E: Into<io::Error>>(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File {
        action,
        path,
        source: source.into(),
    }
}

/// Gives an [`Error::System`] its action: `.map_err(system("make the socket"))`.
pub(crate) fn system<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> Error {
    move |source| Error::System {
        action,
        source: source.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_full_says_each_cause_once() {
        let missing = io::Error::from_raw_os_error(2);
        let error = file("run", Path::new("/x"))(missing);
        assert_eq!(
            error.in_full(),
            "cannot run \"/x\": No such file or directory (os error 2)"
        );
        let home = Error::from(ansar_home_layout::Error::NoHome { path: "/x".into() });
        assert_eq!(home.in_full(), home.to_string());
    }
}
