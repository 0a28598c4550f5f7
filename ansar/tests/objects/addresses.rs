//! Reaching an object: what arrives, in which order, and what becomes of the rest.

use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use ansar::{Delivery, Forwarded};

#[message]
struct Note {
    text: String,
}

#[message]
struct Notes {
    texts: Vec<String>,
}

#[message]
struct Read;

#[message]
struct Finish;

/// Keeps what it is sent.
#[derive(Default)]
struct Notebook {
    texts: Vec<String>,
}

#[handlers]
impl Notebook {
    fn note(&mut self, Note { text }: Note) {
        self.texts.push(text);
    }

    fn read(&mut self, _: Read) -> Notes {
        let texts = self.texts.clone();
        Notes { texts }
    }

    fn finish(&mut self, _: Finish, context: &mut Context<Self>) {
        context.complete(Ack {});
    }
}

fn note(text: &str) -> Note {
    Note { text: text.into() }
}

#[test]
fn messages_arrive_in_the_order_of_sending() {
    let mut test = Test::new(Notebook::default());
    let address = test.address();
    let texts: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    for text in &texts {
        assert_eq!(address.send(note(text)), Delivery::Queued);
    }
    assert_eq!(test.ask(Read), Ok(Notes { texts }));
}

/// Writes into a notebook, some of it by questions.
struct Writer {
    notebook: Address<Notebook>,
}

#[message]
struct Write;

#[handlers]
impl Writer {
    fn write(&mut self, _: Write) -> Later<Forwarded<Notebook, Read>> {
        self.notebook.send(note("first"));
        let second = self.notebook.ask(note("second"));
        self.notebook.send(note("third"));
        drop(second);
        self.notebook.forward(Read)
    }
}

#[test]
fn sending_and_asking_keep_their_order_and_a_question_that_is_given_up_is_still_handled() {
    let mut test = Test::new(Notebook::default());
    let notebook = test.address();
    let writer = test.beside(Writer { notebook });
    let texts = ["first", "second", "third"].map(String::from).to_vec();
    let ask = writer.ask(Write);
    assert_eq!(test.run(ask), Ok(Notes { texts }));
}

#[test]
fn an_address_is_equal_to_its_clones_only() {
    let test = Test::new(Notebook::default());
    let address = test.address();
    let other = test.beside(Notebook::default());
    assert_eq!(address, address.clone());
    assert_ne!(address, other);
    assert_eq!(format!("{address:?}"), format!("Address({})", address.id()));
}

#[test]
fn what_is_sent_to_an_object_that_has_completed_is_dropped_and_recorded() {
    let mut test = Test::new(Notebook::default());
    let other = test.beside(Notebook::default());
    test.run(other.ask(Finish)).unwrap();
    test.pass(Duration::ZERO);
    assert!(other.has_completed());
    assert_eq!(other.send(note("late")), Delivery::Completed);
    let fault = test.run(other.ask(Read)).unwrap_err();
    assert_eq!(fault.status(), 503);
    assert_eq!(
        fault.to_string(),
        "cannot ask Read (the object has completed)"
    );
    other.stop();
    let dropped = |message: &str| {
        format!("< Notebook - Dropped {message} from <00000001>, the object has completed")
    };
    let record = test.record();
    assert!(record.contains(&dropped("Note")), "{record:#?}");
    assert!(record.contains(&dropped("Stop")), "{record:#?}");
}

#[test]
fn what_was_sent_before_an_object_completed_is_still_handled() {
    let mut test = Test::new(Notebook::default());
    let other = test.beside(Notebook::default());
    let finish = other.ask(Finish);
    let read = other.ask(Read);
    assert_eq!(test.run(finish), Ok(Ack {}));
    assert_eq!(test.run(read), Ok(Notes { texts: Vec::new() }));
}

/// Sends itself the next message whenever it has handled one.
struct Restless {
    turns: u32,
}

#[message]
struct Turn;

#[message]
struct Turns {
    count: u32,
}

#[handlers]
impl Restless {
    fn turn(&mut self, _: Turn, context: &mut Context<Self>) {
        self.turns += 1;
        context.address().send(Turn);
    }

    fn finish(&mut self, _: Finish, context: &mut Context<Self>) -> Turns {
        context.complete(Ack {});
        Turns { count: self.turns }
    }
}

#[test]
fn an_object_that_keeps_itself_busy_leaves_others_their_turn() {
    let mut test = Test::new(Restless { turns: 0 });
    let address = test.address();
    address.send(Turn);
    let finish = async {
        // Whoever has no turn never gets past this.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        address.ask(Finish).await
    };
    assert!(test.run(finish).unwrap().count > 1);
    assert!(test.completed().fault().is_none());
}
