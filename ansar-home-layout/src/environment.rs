//! Names of the environment variables by which a role knows where it is.

/// Absolute path of the home that the role belongs to.
pub const HOME: &str = "ANSAR_HOME";

/// Name of the role.
pub const ROLE: &str = "ANSAR_ROLE";

/// Name of the group that the role was started in.
pub const GROUP: &str = "ANSAR_GROUP";

/// Folder in which programs that are no roles keep their `.ansar-tool`.
pub const TOOL: &str = "ANSAR_TOOL";
