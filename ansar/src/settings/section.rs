//! The two parts of what can be configured.

use super::{Member, Settings};
use crate::http::HttpSettings;

/// Whose settings they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// Those that the author has declared.
    Program,
    /// Those of HTTP, which every program has.
    Http,
}

impl Section {
    /// In the order in which they are listed.
    pub(crate) const ALL: [Self; 2] = [Self::Program, Self::Http];

    /// The title of its options in the help.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Program => "Settings",
            Self::Http => "HTTP",
        }
    }

    /// What is put before a member's name wherever both sections meet.
    fn prefix(self) -> &'static str {
        match self {
            Self::Program => "",
            Self::Http => "http_",
        }
    }

    /// The members, when the author's settings are an `S`.
    pub(crate) fn members<S: Settings>(self) -> &'static [Member] {
        match self {
            Self::Program => S::MEMBERS,
            Self::Http => HttpSettings::MEMBERS,
        }
    }

    /// The name of a member among those of both sections, with underscores.
    pub(crate) fn full_name(self, member: &Member) -> String {
        format!("{}{}", self.prefix(), member.name)
    }

    /// The option of a member, without its two dashes.
    pub(crate) fn option(self, member: &Member) -> String {
        self.full_name(member).replace('_', "-")
    }
}

/// The members of both sections.
pub(crate) fn members<S: Settings>() -> impl Iterator<Item = (Section, &'static Member)> {
    Section::ALL.into_iter().flat_map(|section| {
        section
            .members::<S>()
            .iter()
            .map(move |member| (section, member))
    })
}
