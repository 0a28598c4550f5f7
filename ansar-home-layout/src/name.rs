//! Names of roles and groups: validated once, trusted from then on.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest name, in characters. With every suffix that the home adds it stays far below
/// the 255 bytes that a file name may have, and `ansar status` keeps its columns.
const LENGTH_MAX: usize = 64;

/// Begins the names of the roles that are supervisors of groups.
const GROUP_PREFIX: &str = "group.";

/// Names that files of the home itself have.
const RESERVED: [&str; 2] = ["group", "home"];

/// Why a text is not a name; the text itself is told by whoever asked for the name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// The text is empty.
    #[error("a name cannot be empty")]
    Empty,
    /// The text is longer than a name may be.
    #[error("a name has at most {limit} characters")]
    TooLong {
        /// The most characters that it may have.
        limit: usize,
    },
    /// The text begins with a character that may only come later.
    #[error("a name cannot begin with {character:?}")]
    FirstCharacter {
        /// Its first character.
        character: char,
    },
    /// The text has a character that no name has.
    #[error("a name cannot have {character:?}, only letters, digits, \"_\", \"-\" and \".\"")]
    Character {
        /// The first such character.
        character: char,
    },
    /// The name is kept for the home itself.
    #[error("it is a reserved name")]
    Reserved,
    /// The name has a dot where none may be.
    #[error("a name with a dot is reserved")]
    Dotted,
}

fn check(text: &str, limit: usize) -> Result<(), NameError> {
    let Some(first) = text.chars().next() else {
        return Err(NameError::Empty);
    };
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if let Some(character) = text
        .chars()
        .find(|&character| !is_word(character) && !matches!(character, '-' | '.'))
    {
        return Err(NameError::Character { character });
    }
    if !is_word(first) {
        return Err(NameError::FirstCharacter { character: first });
    }
    if text.len() > limit {
        return Err(NameError::TooLong { limit });
    }
    if RESERVED.contains(&text) {
        return Err(NameError::Reserved);
    }
    Ok(())
}

/// Name of a role, unique in its home: 1 to 64 letters, digits, `_`, `-` and `.`, of which
/// the first is a letter, a digit or `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

impl RoleName {
    /// Reads a name of a role that may exist, that of a group's supervisor included
    /// (`group.default`).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check(text, LENGTH_MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// Reads a name for a new role: as [`RoleName::parse`], but without a dot, because dots
    /// are kept for supervisors (`group.default`) and parts of roles.
    pub fn parse_new(text: &str) -> Result<Self, NameError> {
        let name = Self::parse(text)?;
        if text.contains('.') {
            return Err(NameError::Dotted);
        }
        Ok(name)
    }

    /// The role that the supervisor of a group is: `group.<name>`.
    pub fn of_group(group: &GroupName) -> Self {
        Self(format!("{GROUP_PREFIX}{group}"))
    }

    /// The group whose supervisor has this name.
    pub fn group(&self) -> Option<GroupName> {
        GroupName::parse(self.0.strip_prefix(GROUP_PREFIX)?).ok()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Name of a group, unique in its home: as a role's name, without dots and at most 58
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupName(String);

impl GroupName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check(text, LENGTH_MAX - GROUP_PREFIX.len())?;
        if text.contains('.') {
            return Err(NameError::Dotted);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for GroupName {
    /// The group of roles that were not told another one.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for RoleName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for GroupName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<RoleName> for String {
    fn from(name: RoleName) -> Self {
        name.0
    }
}

impl From<GroupName> for String {
    fn from(name: GroupName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters_digits_and_marks_are_accepted() {
        for text in ["crunch_server", "a", "0", "_x", "server-0", "a.b", "A1.-_"] {
            assert_eq!(RoleName::parse(text).unwrap().as_str(), text);
        }
        assert!(RoleName::parse(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn what_could_leave_the_home_or_look_like_an_option_is_refused() {
        for text in [
            "", ".", "..", "a/b", "/", "-x", ".x", "a b", "a\n", "é", "a\0", "x/../y", "home",
            "group",
        ] {
            assert!(RoleName::parse(text).is_err(), "{text:?}");
            assert!(GroupName::parse(text).is_err(), "{text:?}");
        }
        assert!(RoleName::parse(&"x".repeat(65)).is_err());
        assert!(GroupName::parse(&"x".repeat(59)).is_err());
    }

    #[test]
    fn a_refusal_tells_the_reason() {
        assert_eq!(
            RoleName::parse("a/b").unwrap_err().to_string(),
            r#"a name cannot have '/', only letters, digits, "_", "-" and ".""#
        );
        assert_eq!(
            RoleName::parse("..").unwrap_err().to_string(),
            "a name cannot begin with '.'"
        );
        assert_eq!(
            RoleName::parse_new("a.b").unwrap_err().to_string(),
            "a name with a dot is reserved"
        );
    }

    #[test]
    fn a_group_and_its_supervisor_lead_to_each_other() {
        let group = GroupName::parse(&"x".repeat(58)).unwrap();
        let role = RoleName::of_group(&group);
        assert_eq!(RoleName::parse(role.as_str()).unwrap(), role);
        assert_eq!(role.group(), Some(group));
        assert_eq!(RoleName::parse("groups").unwrap().group(), None);
        assert!(RoleName::parse_new("group.default").is_err());
    }

    #[test]
    fn a_name_in_a_document_is_validated_too() {
        assert!(serde_json::from_str::<RoleName>(r#""../x""#).is_err());
        assert!(serde_json::from_str::<RoleName>(r#""x""#).is_ok());
    }

    #[test]
    fn a_name_can_be_padded() {
        let name = RoleName::parse("x").unwrap();
        assert_eq!(format!("{name:<4}|"), "x   |");
    }
}
