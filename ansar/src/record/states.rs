//! Names of objects together with their states, as the record shows them: `Door[OPEN]`.

use std::cell::RefCell;
use std::collections::HashMap;

type Name = &'static str;

thread_local! {
    /// As many as there are states in the source of the program, and so they can be kept.
    static SHOWN: RefCell<HashMap<(Name, Name), Name>> = RefCell::default();
}

/// The name and the state as one.
pub(super) fn shown(name: Name, state: Name) -> Name {
    let compose = || -> Name { format!("{name}[{state}]").leak() };
    SHOWN.with_borrow_mut(|shown| *shown.entry((name, state)).or_insert_with(compose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_in_brackets() {
        assert_eq!(shown("Door", "OPEN"), "Door[OPEN]");
        assert!(std::ptr::eq(shown("Door", "OPEN"), shown("Door", "OPEN")));
    }
}
