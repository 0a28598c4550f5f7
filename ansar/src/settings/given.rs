//! A value from outside the program.

use super::{Secret, Section};

/// A value for one member, as the environment or the command line has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) section: Section,
    /// The member's name in its section.
    pub(crate) member: &'static str,
    /// What whoever gave it has written before the `=`: `--port`, `CRUNCH_SERVER_PORT`.
    pub(crate) name: String,
    /// What stands after it. It may be a secret, or hold one.
    pub(crate) text: Secret,
}
