//! Objects that have created others end after them.

use std::cell::RefCell;
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;

/// What a member of a family does when it is told to stop.
#[derive(Clone, Copy)]
enum Manner {
    /// It completes.
    Obedient,
    /// It completes after three seconds.
    Slow,
    /// It does not.
    Stubborn,
}

thread_local! {
    /// Those that have ended, in their order.
    static ENDED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// A member of a family, and those below it, oldest first.
struct Member {
    name: &'static str,
    manner: Manner,
    children: Vec<Member>,
}

#[derive(Clone)]
struct Leave;

#[handlers]
impl Member {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        for child in self.children.drain(..) {
            context.create(child);
        }
    }

    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        console!("{} stops", self.name);
        match self.manner {
            Manner::Obedient => context.complete(Aborted {}),
            Manner::Slow => drop(context.after(Duration::from_secs(3), Leave)),
            Manner::Stubborn => {}
        }
    }

    fn leave(&mut self, _: Leave, context: &mut Context<Self>) {
        context.complete(Aborted {});
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        console!("{} ends", self.name);
        ENDED.with_borrow_mut(|ended| ended.push(self.name));
    }
}

fn member(name: &'static str, manner: Manner, children: Vec<Member>) -> Member {
    Member {
        name,
        manner,
        children,
    }
}

/// Stops a family, and gives what its members say meanwhile.
fn said(family: Member) -> Vec<String> {
    let mut test = Test::new(member("ancestor", Manner::Obedient, vec![family]));
    test.pass(Duration::ZERO);
    let address = test.address();
    address.stop();
    test.pass(Duration::from_mins(1));
    assert!(address.has_completed());
    let said = test.record();
    let said = said
        .iter()
        .filter_map(|line| line.strip_prefix("^ Member - "));
    said.map(String::from).collect()
}

#[test]
fn those_created_last_stop_first_and_the_creator_ends_last() {
    let children = vec![
        member("first", Manner::Obedient, vec![]),
        member("second", Manner::Slow, vec![]),
        member("third", Manner::Obedient, vec![]),
    ];
    let expected = [
        "ancestor stops",
        "parent stops",
        "third stops",
        "third ends",
        "second stops",
        "second ends",
        "first stops",
        "first ends",
        "parent ends",
        "ancestor ends",
    ];
    assert_eq!(said(member("parent", Manner::Obedient, children)), expected);
}

#[test]
fn one_that_ignores_stop_is_ended_before_its_creator_and_the_others_still_hear_of_it() {
    let grandchild = member("grandchild", Manner::Stubborn, vec![]);
    let children = vec![
        member("polite", Manner::Obedient, vec![]),
        member("stubborn", Manner::Stubborn, vec![grandchild]),
    ];
    let said = said(member("parent", Manner::Obedient, children));
    let place = |text: &str| {
        let place = said.iter().position(|said| said == text);
        place.unwrap_or_else(|| panic!("nobody said {text:?}: {said:#?}"))
    };
    let order = [
        "stubborn stops",
        "grandchild stops",
        "grandchild ends",
        "stubborn ends",
        "polite stops",
        "polite ends",
        "parent ends",
        "ancestor ends",
    ];
    let places = order.map(place);
    assert!(places.is_sorted(), "{said:#?}");
}

#[test]
fn a_family_that_is_not_stopped_ends_with_the_runtime() {
    let child = member("child", Manner::Stubborn, vec![]);
    let other = member("other child", Manner::Obedient, vec![]);
    let mut test = Test::new(member("parent", Manner::Obedient, vec![child, other]));
    test.pass(Duration::ZERO);
    drop(test);
    // The runtime drops what runs in no order, but no creator before those it has created.
    let mut ended = ENDED.take();
    assert_eq!(ended.pop(), Some("parent"));
    ended.sort_unstable();
    assert_eq!(ended, ["child", "other child"]);
}
