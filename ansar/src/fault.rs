//! What goes wrong, as values: a fault is a message like any other.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::host_port::HostPort;
use crate::message::{self, Message};

/// What went wrong, and what the world is told of it.
///
/// ```
/// use ansar::prelude::*;
///
/// let fault = Aborted {}.fault().expect("it says that something went wrong");
/// assert_eq!(fault.condition, "aborted");
/// assert_eq!(fault.status, 503);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What could not be done, as in `cannot divide`.
    pub condition: String,
    /// Why, as in `y is zero`; empty when the condition says it all.
    pub explanation: String,
    /// The HTTP status that answers a request with this fault.
    pub status: u16,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.condition)?;
        if self.explanation.is_empty() {
            return Ok(());
        }
        write!(formatter, " ({})", self.explanation)
    }
}

/// The fault that a handler returns and a client receives.
///
/// ```
/// use ansar::Faulted;
///
/// let fault = Faulted::rejected("cannot divide", "y is zero");
/// assert_eq!(fault.to_string(), "cannot divide (y is zero)");
/// ```
///
/// In a handler it is the error of a `Result`:
///
/// ```
/// # use ansar::prelude::*;
/// # #[message] struct Divide { x: f64, y: f64 }
/// # #[message] struct Output { value: f64 }
/// # struct Server;
/// # #[handlers] impl Server {
/// fn divide(&mut self, Divide { x, y }: Divide) -> Result<Output, Faulted> {
///     if y == 0.0 {
///         return Err(Faulted::rejected("cannot divide", "y is zero").with_status(422));
///     }
///     Ok(Output { value: x / y })
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faulted {
    condition: String,
    explanation: String,
    #[serde(skip, default = "Faulted::default_status")]
    status: u16,
}

impl Faulted {
    /// What was asked cannot be done: the client is answered with status 400.
    pub fn rejected(condition: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self {
            condition: condition.into(),
            explanation: explanation.into(),
            status: 400,
        }
    }

    /// The server could not do what it should: the client is answered with status 500.
    pub fn failed(condition: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self {
            condition: condition.into(),
            explanation: explanation.into(),
            status: 500,
        }
    }

    /// There is too much to do already: the client is answered with status 503, and told when
    /// to try again.
    pub fn overloaded(condition: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self::failed(condition, explanation).with_status(503)
    }

    /// What was asked for is not there: the client is answered with status 404.
    pub fn not_found(condition: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self::rejected(condition, explanation).with_status(404)
    }

    /// A refusal that may be a message of its own, for another object.
    pub(crate) fn from_refusal<M: Message>(refusal: &M) -> Self {
        match refusal.fault() {
            Some(fault) => fault.into(),
            None => Self::rejected(message::human(refusal), ""),
        }
    }

    /// The same fault, answered with another HTTP status, 400 to 599.
    ///
    /// Anything else becomes 500, since a fault must not look like a success.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// let gone = Faulted::rejected("cannot show the text", "it was removed").with_status(410);
    /// assert_eq!(gone.status(), 410);
    /// assert_eq!(gone.with_status(200).status(), 500);
    /// ```
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = if (400..=599).contains(&status) {
            status
        } else {
            Self::default_status()
        };
        self
    }

    /// What could not be done.
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// Why it could not be done.
    pub fn explanation(&self) -> &str {
        &self.explanation
    }

    /// The HTTP status that a client is answered with.
    pub fn status(&self) -> u16 {
        self.status
    }

    fn default_status() -> u16 {
        500
    }
}

impl Message for Faulted {
    const MODULE: &'static str = "ansar";
    const NAME: &'static str = "Faulted";

    fn fault(&self) -> Option<Fault> {
        let Self {
            condition,
            explanation,
            status,
        } = self.clone();
        Some(Fault {
            condition,
            explanation,
            status,
        })
    }
}

impl From<Fault> for Faulted {
    fn from(fault: Fault) -> Self {
        Self::failed(fault.condition, fault.explanation).with_status(fault.status)
    }
}

impl fmt::Display for Faulted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().expect("a Faulted is a fault").fmt(formatter)
    }
}

impl std::error::Error for Faulted {}

/// The value of an object that was told to stop.
///
/// ```
/// use ansar::prelude::*;
///
/// # struct Server;
/// # #[handlers] impl Server {
/// fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
///     context.complete(Aborted {});
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Aborted {}

impl Message for Aborted {
    const MODULE: &'static str = "ansar";
    const NAME: &'static str = "Aborted";

    fn fault(&self) -> Option<Fault> {
        Some(Fault {
            condition: "aborted".into(),
            explanation: "user or software interrupt".into(),
            status: 503,
        })
    }
}

/// There is no listening at the requested address.
///
/// ```
/// use ansar::prelude::*;
///
/// # struct Server;
/// # #[handlers] impl Server {
/// fn not_listening(&mut self, not_listening: NotListening, context: &mut Context<Self>) {
///     console!("{} is taken", not_listening.requested);
///     context.complete(not_listening);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotListening {
    /// Where the object wanted to listen.
    pub requested: HostPort,
    /// Why it cannot, in the words of the operating system.
    pub explanation: String,
}

impl Message for NotListening {
    const MODULE: &'static str = "ansar";
    const NAME: &'static str = "NotListening";

    fn fault(&self) -> Option<Fault> {
        Some(Fault {
            condition: format!("cannot listen at \"{}\"", self.requested),
            explanation: self.explanation.clone(),
            status: 503,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_condition_and_explanation() {
        assert_eq!(Faulted::failed("cannot add", "").to_string(), "cannot add");
        assert_eq!(
            Aborted {}.fault().unwrap().to_string(),
            "aborted (user or software interrupt)"
        );
    }

    #[test]
    fn a_fault_never_has_the_status_of_a_success() {
        assert_eq!(Faulted::rejected("a", "b").with_status(200).status(), 500);
        assert_eq!(Faulted::rejected("a", "b").with_status(409).status(), 409);
    }
}
