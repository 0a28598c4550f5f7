//! What waits for an object: what is to be handled, and what is for another state.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// Items in the order in which they are handled.
#[derive(Debug)]
pub(crate) struct Queue<I> {
    arrived: RefCell<VecDeque<Arrived<I>>>,
    /// How many of them are messages of others, which need a place each.
    places: Cell<usize>,
    /// What was deferred until now, which goes before what has arrived since.
    resumed: RefCell<VecDeque<I>>,
    deferred: RefCell<Vec<I>>,
}

#[derive(Debug)]
enum Arrived<I> {
    /// A message of somebody else.
    Admitted(I),
    /// A message of the framework's, or of the object's own timers and work.
    Own(I),
}

impl<I> Default for Queue<I> {
    fn default() -> Self {
        Self {
            arrived: RefCell::default(),
            places: Cell::default(),
            resumed: RefCell::default(),
            deferred: RefCell::default(),
        }
    }
}

impl<I> Queue<I> {
    /// Adds a message that takes one of the places.
    pub(crate) fn push_admitted(&self, item: I) {
        self.places.set(self.places.get() + 1);
        self.arrived.borrow_mut().push_back(Arrived::Admitted(item));
    }

    /// Adds a message that has a place whatever else waits.
    pub(crate) fn push_own(&self, item: I) {
        self.arrived.borrow_mut().push_back(Arrived::Own(item));
    }

    pub(crate) fn pop(&self) -> Option<I> {
        let resumed = self.resumed.borrow_mut().pop_front();
        if resumed.is_some() {
            return resumed;
        }
        match self.arrived.borrow_mut().pop_front()? {
            Arrived::Own(item) => Some(item),
            Arrived::Admitted(item) => {
                self.places.set(self.places.get() - 1);
                Some(item)
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items can be handled now.
    pub(crate) fn len(&self) -> usize {
        self.resumed.borrow().len() + self.arrived.borrow().len()
    }

    /// How many places are taken.
    pub(crate) fn places(&self) -> usize {
        self.places.get()
    }

    /// Keeps an item until [`resume`](Self::resume), unless so many are kept already.
    pub(crate) fn defer(&self, item: I, limit: usize) -> Result<(), usize> {
        let mut deferred = self.deferred.borrow_mut();
        if deferred.len() >= limit {
            return Err(deferred.len());
        }
        deferred.push(item);
        Ok(())
    }

    /// Has what was deferred handled again, in its order. Says whether there is any.
    pub(crate) fn resume(&self) -> bool {
        let deferred = self.deferred.take();
        let mut resumed = self.resumed.borrow_mut();
        // What has been deferred again came before what has not had its turn yet.
        for item in deferred.into_iter().rev() {
            resumed.push_front(item);
        }
        !resumed.is_empty()
    }

    /// Takes what waits for another state, when there will be none.
    pub(crate) fn take_deferred(&self) -> Vec<I> {
        self.deferred.take()
    }

    /// Takes what was not handled.
    pub(crate) fn take(&self) -> Vec<I> {
        let mut items = self.take_deferred();
        items.extend(std::iter::from_fn(|| self.pop()));
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(queue: &Queue<u8>) -> Vec<u8> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn what_was_deferred_comes_first_and_in_its_order() {
        let queue = Queue::default();
        queue.defer(1, 9).unwrap();
        queue.defer(2, 9).unwrap();
        queue.push_admitted(3);
        assert_eq!(queue.len(), 1);
        assert!(queue.resume());
        assert_eq!(queue.len(), 3);
        assert_eq!(all(&queue), [1, 2, 3]);
        assert!(!queue.resume());
    }

    #[test]
    fn only_messages_of_others_take_places() {
        let queue = Queue::default();
        queue.push_own(1);
        queue.push_admitted(2);
        queue.push_own(3);
        assert_eq!((queue.len(), queue.places()), (3, 1));
        assert_eq!(queue.take(), [1, 2, 3]);
        assert_eq!((queue.len(), queue.places()), (0, 0));
        assert!(queue.is_empty());
    }

    #[test]
    fn what_is_deferred_again_keeps_its_place() {
        let queue = Queue::default();
        for item in 1..=3 {
            queue.defer(item, 9).unwrap();
        }
        queue.resume();
        let first = queue.pop().unwrap();
        queue.defer(first, 9).unwrap();
        queue.resume();
        assert_eq!(all(&queue), [1, 2, 3]);
    }

    #[test]
    fn no_more_is_deferred_than_the_limit_says() {
        let queue = Queue::default();
        queue.defer(1, 1).unwrap();
        assert_eq!(queue.defer(2, 1), Err(1));
    }
}
