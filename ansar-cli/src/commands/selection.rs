//! Roles and groups that the user names.

use ansar_home_layout::{GroupName, Home, RoleName};

use crate::error::CommandError;

/// Reads the name of a role that should exist.
pub(super) fn role(text: &str) -> Result<RoleName, CommandError> {
    RoleName::parse(text)
        .map_err(|error| CommandError::usage(format_args!("cannot find role {text:?}: {error}")))
}

/// Reads the name of a group.
pub(super) fn group(text: &str) -> Result<GroupName, CommandError> {
    GroupName::parse(text)
        .map_err(|error| CommandError::usage(format_args!("cannot use group {text:?}: {error}")))
}

/// The roles of a home that the user means, sorted: those named, each of which must exist,
/// or all when none are named.
pub(super) fn roles(home: &Home, words: &[String]) -> Result<Vec<RoleName>, CommandError> {
    if words.is_empty() {
        return Ok(home.roles()?);
    }
    let mut roles: Vec<RoleName> = words
        .iter()
        .map(|text| role(text))
        .collect::<Result<_, _>>()?;
    roles.sort_unstable();
    roles.dedup();
    let existing = home.roles()?;
    match roles
        .iter()
        .find(|role| existing.binary_search(role).is_err())
    {
        None => Ok(roles),
        Some(role) => Err(unknown(role)),
    }
}

/// There is no such role.
pub(super) fn unknown(role: &RoleName) -> CommandError {
    CommandError::failure(format_args!(
        "cannot find role \"{role}\": it does not exist"
    ))
    .hinted("\"ansar list\" shows the roles")
}

/// `"a", "b"`
pub(super) fn names(roles: &[RoleName]) -> String {
    let quoted: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    quoted.join(", ")
}

/// `"a" is`, or `"a", "b" are`
pub(super) fn joined(roles: &[RoleName]) -> String {
    let verb = if roles.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(roles))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::Fixture;
    use crate::error::ErrorKind;

    #[test]
    fn named_roles_are_sorted_once_each_and_must_exist() {
        let fixture = Fixture::with_roles(&["a", "b", "c"]);
        let select = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            roles(&fixture.home, &words).map(|roles| names(&roles))
        };
        assert_eq!(select(&[]).unwrap(), r#""a", "b", "c""#);
        assert_eq!(select(&["c", "a", "c"]).unwrap(), r#""a", "c""#);
        let unknown = select(&["a", "x"]).unwrap_err();
        assert_eq!(
            unknown.lines(),
            [
                "ansar: cannot find role \"x\": it does not exist",
                "hint: \"ansar list\" shows the roles"
            ]
        );
        assert_eq!(unknown.kind, ErrorKind::Failure);
        let bad = select(&["a/b"]).unwrap_err();
        assert_eq!(bad.kind, ErrorKind::Usage);
        assert!(bad.lines()[0].starts_with("ansar: cannot find role \"a/b\": a name cannot have"));
    }

    #[test]
    fn a_bad_group_is_refused() {
        let error = group("x.y").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Usage);
        assert_eq!(
            error.lines(),
            ["ansar: cannot use group \"x.y\": a name with a dot is reserved"]
        );
    }
}
