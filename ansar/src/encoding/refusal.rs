//! Why a value is not accepted, and where it stands.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::words::{self, got, one_of, quoted};

/// What is wrong with a value, and the way to it from the outermost one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The innermost step first: it is collected on the way out.
    path: Vec<Step>,
    reason: String,
}

/// One step on the way to a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Element(usize),
}

impl Refusal {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            reason: reason.into(),
        }
    }

    pub(super) fn expected(expected: impl Display, got: impl Display) -> Self {
        Self::new(format!("expected {expected}, got {got}"))
    }

    pub(super) fn given_twice() -> Self {
        Self::new("member given twice")
    }

    /// Puts the member that the refused value is inside of before the path.
    pub(super) fn in_member(mut self, name: &str) -> Self {
        self.path.push(Step::Member(words::shortened(name)));
        self
    }

    /// Puts the element that the refused value is inside of before the path.
    pub(super) fn in_element(mut self, place: usize) -> Self {
        self.path.push(Step::Element(place));
        self
    }

    /// The refusal of the same value for another reason.
    pub(crate) fn because(self, reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..self
        }
    }

    /// The place of the value as a JSON pointer: `/orders/3/price`.
    pub(crate) fn pointer(&self) -> String {
        let steps = self.path.iter().rev().map(|step| match step {
            Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Element(element) => format!("/{element}"),
        });
        steps.collect()
    }

    /// The refusal of the reading that came further, which understood more of the value.
    pub(super) fn further(self, other: Self) -> Self {
        if other.path.len() > self.path.len() {
            other
        } else {
            self
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return formatter.write_str(&self.reason);
        }
        formatter.write_str("near \"")?;
        for (place, step) in self.path.iter().rev().enumerate() {
            match step {
                Step::Member(name) if place == 0 => write!(formatter, "{}", name.escape_debug())?,
                Step::Member(name) => write!(formatter, ".{}", name.escape_debug())?,
                Step::Element(element) => write!(formatter, "[{element}]")?,
            }
        }
        write!(formatter, "\": {}", self.reason)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(words::expected(expected), got(unexpected))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(words::expected(expected), got(unexpected))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::expected(words::expected(expected), words::list_of(length))
    }

    fn unknown_variant(name: &str, expected: &'static [&'static str]) -> Self {
        Self::expected(one_of(expected), quoted(name))
    }

    fn unknown_field(name: &str, expected: &'static [&'static str]) -> Self {
        let name = words::shortened(name);
        let name = name.escape_debug();
        if expected.is_empty() {
            return Self::new(format!("unknown member `{name}`, there are none"));
        }
        Self::new(format!(
            "unknown member `{name}`, expected {}",
            one_of(expected)
        ))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new("member missing").in_member(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::given_twice().in_member(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_leads_from_the_outermost_value_to_the_one_that_is_wrong() {
        let refusal = Refusal::expected("a number", "null")
            .in_member("price")
            .in_element(3)
            .in_member("orders");
        assert_eq!(
            refusal.to_string(),
            "near \"orders[3].price\": expected a number, got null"
        );
    }

    #[test]
    fn the_place_is_a_pointer_too() {
        let refusal = Refusal::new("no")
            .in_member("a/b~c")
            .in_element(3)
            .in_member("orders");
        assert_eq!(refusal.pointer(), "/orders/3/a~1b~0c");
        assert_eq!(Refusal::new("no").pointer(), "");
    }

    #[test]
    fn what_a_client_calls_a_member_cannot_break_the_line_or_fill_the_page() {
        let name = format!("a\n\"{}", "b".repeat(1000));
        let text = Refusal::given_twice().in_member(&name).to_string();
        assert!(text.starts_with(r#"near "a\n\"bbb"#), "{text}");
        assert!(text.len() < 150, "{text}");
    }

    #[test]
    fn the_reading_that_came_further_is_believed() {
        let short = || Refusal::new("short").in_member("a");
        let long = || Refusal::new("long").in_member("b").in_member("a");
        assert_eq!(short().further(long()), long());
        assert_eq!(long().further(short()), long());
        assert_eq!(short().further(Refusal::new("tie").in_member("a")), short());
    }
}
