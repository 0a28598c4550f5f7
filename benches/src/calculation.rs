//! The work that all peers do: two numbers in, one number out, and the same JSON for it.

use serde::{Deserialize, Serialize};

/// What is asked for, as the name of the last part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `x * y`.
    Multiply,
    /// `x / y`.
    Divide,
}

impl Operation {
    /// The operation that a path asks for, if it asks for one.
    pub fn of_path(path: &str) -> Option<Self> {
        match path {
            "/Multiply" => Some(Self::Multiply),
            "/Divide" => Some(Self::Divide),
            _ => None,
        }
    }

    /// The reply to it.
    pub fn reply(self, Operands { x, y }: Operands) -> Reply {
        let value = match self {
            Self::Multiply => x * y,
            Self::Divide => x / y,
        };
        Reply {
            value: ("crunch_api.Output", Output { value }, []),
        }
    }
}

/// The two numbers of a calculation.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub struct Operands {
    /// The first one.
    pub x: f64,
    /// The second one.
    pub y: f64,
}

impl Operands {
    /// Reads a query string. What is missing or no number counts as 0, since peers
    /// do without faults.
    pub fn of_query(query: &str) -> Self {
        let mut operands = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "x" => operands.x = value.parse().unwrap_or_default(),
                "y" => operands.y = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        operands
    }
}

/// The reply as the framework words it: the type, the message, and no addresses.
#[derive(Debug, Serialize)]
pub struct Reply {
    value: (&'static str, Output, [(); 0]),
}

#[derive(Debug, Serialize)]
struct Output {
    value: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_and_a_path_become_the_json_of_the_crunch_server() {
        let reply = Operation::of_path("/Multiply")
            .unwrap()
            .reply(Operands::of_query("x=1.5&y=2.25"));
        assert_eq!(
            serde_json::to_string(&reply).unwrap(),
            r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#
        );
    }

    #[test]
    fn other_paths_ask_for_nothing() {
        assert_eq!(Operation::of_path("/Multiply/"), None);
    }
}
