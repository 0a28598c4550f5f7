//! What a handler may do besides replying.

use std::rc::Rc;

use crate::fault::Fault;
use crate::host_port::HostPort;
use crate::message::{self, Message};
use crate::object::Object;

/// What an object may ask of the framework while it handles a message.
///
/// What is asked for happens after the handler has returned.
pub struct Context<O: Object> {
    settings: Rc<O::Settings>,
    commands: Vec<Command>,
}

impl<O: Object> Context<O> {
    pub(crate) fn new(settings: Rc<O::Settings>) -> Self {
        Self {
            settings,
            commands: Vec::new(),
        }
    }

    /// The settings that the object was created with.
    pub fn settings(&self) -> Rc<O::Settings> {
        Rc::clone(&self.settings)
    }

    /// Listens for clients at an address. If that is not possible, the object is
    /// told by [`Object::not_listening`].
    pub fn listen(&mut self, address: HostPort) {
        self.commands.push(Command::Listen(address));
    }

    /// Ends the object, and with it the program. The value becomes the program's
    /// output; a fault becomes its diagnostic.
    pub fn complete<M: Message>(&mut self, value: M) {
        self.commands
            .push(Command::Complete(Completion::of(&value)));
    }

    pub(crate) fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }
}

impl<O: Object> std::fmt::Debug for Context<O> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Context")
            .field("commands", &self.commands)
            .finish_non_exhaustive()
    }
}

/// What an object asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Listen(HostPort),
    Complete(Completion),
}

/// The end of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Completion {
    /// It did what it should; the value as people read it.
    Value(String),
    /// It was told to stop.
    Aborted(Fault),
    /// It could not go on.
    Fault(Fault),
}

impl Completion {
    pub(crate) fn of<M: Message>(value: &M) -> Self {
        match value.fault() {
            None => Self::Value(message::human(value)),
            Some(fault) if M::NAME == crate::Aborted::NAME => Self::Aborted(fault),
            Some(fault) => Self::Fault(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aborted, Ack, Faulted};

    #[test]
    fn a_completion_says_whether_something_went_wrong() {
        assert_eq!(Completion::of(&Ack {}), Completion::Value("Ack()".into()));
        assert!(matches!(
            Completion::of(&Aborted {}),
            Completion::Aborted(_)
        ));
        assert!(matches!(
            Completion::of(&Faulted::failed("a", "b")),
            Completion::Fault(_)
        ));
    }
}
