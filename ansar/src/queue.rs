//! What waits for an object: what is to be handled, and what is for another state.

use std::cell::RefCell;
use std::collections::VecDeque;

/// Items in the order in which they are handled.
#[derive(Debug)]
pub(crate) struct Queue<I> {
    arrived: RefCell<VecDeque<I>>,
    /// What was deferred until now, which goes before what has arrived since.
    resumed: RefCell<VecDeque<I>>,
    deferred: RefCell<Vec<I>>,
}

impl<I> Default for Queue<I> {
    fn default() -> Self {
        Self {
            arrived: RefCell::default(),
            resumed: RefCell::default(),
            deferred: RefCell::default(),
        }
    }
}

impl<I> Queue<I> {
    pub(crate) fn push(&self, item: I) {
        self.arrived.borrow_mut().push_back(item);
    }

    pub(crate) fn pop(&self) -> Option<I> {
        let resumed = self.resumed.borrow_mut().pop_front();
        resumed.or_else(|| self.arrived.borrow_mut().pop_front())
    }

    /// How many items can be handled now.
    pub(crate) fn len(&self) -> usize {
        self.resumed.borrow().len() + self.arrived()
    }

    /// How many of them have not been handled before.
    pub(crate) fn arrived(&self) -> usize {
        self.arrived.borrow().len()
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
        items.extend(self.resumed.take());
        items.extend(self.arrived.take());
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
        queue.push(3);
        assert_eq!(queue.len(), 1);
        assert!(queue.resume());
        assert_eq!((queue.len(), queue.arrived()), (3, 1));
        assert_eq!(all(&queue), [1, 2, 3]);
        assert!(!queue.resume());
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
