//! What the objects of a test have recorded, for the test to look at.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Once;

use super::Tag;

/// How many lines are kept: the last ones of a long test.
const LINES: usize = 65_536;

thread_local! {
    static KEPT: RefCell<Option<VecDeque<String>>> = const { RefCell::new(None) };
}

/// Keeps what is recorded on this thread from now on.
pub(crate) fn begin() {
    static PANICS: Once = Once::new();
    PANICS.call_once(super::panics::keep_besides_printing);
    KEPT.set(Some(VecDeque::new()));
}

/// Keeps a line, if a test on this thread wants it: `! Door[OPEN] - text`.
pub(super) fn keep(tag: Tag, name: &str, text: fmt::Arguments<'_>) {
    if KEPT.with_borrow(Option::is_none) {
        return;
    }
    // Before the place is borrowed: what is shown may be the author's, and record something too.
    let line = format!("{} {name} - {text}", tag.symbol());
    KEPT.with_borrow_mut(|kept| {
        let Some(kept) = kept else { return };
        if kept.len() == LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    });
}

/// The lines that were kept, oldest first.
pub(crate) fn lines() -> Vec<String> {
    KEPT.with_borrow(|kept| kept.iter().flatten().cloned().collect())
}
