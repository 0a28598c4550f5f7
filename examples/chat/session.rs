//! One guest: what it says goes to the room, and what the room lets it hear waits here.

use std::time::Duration;

use ansar::Forwarded;
use ansar::prelude::*;

use crate::{Enter, Hear, Heard, Join, Named, Room, Say, Spoken};

/// How long a listener waits for something to hear: less than proxies and clients do. It is also
/// how long it may take to notice that a listener has gone, since HTTP lets a client close its
/// half of a connection and wait on.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many lines are kept for a slow listener. The oldest go first.
pub(crate) const BACKLOG: usize = 100;

/// Whoever is at the other end of a connection.
pub(crate) struct Session {
    room: Address<Room>,
    /// What the client has not asked for yet.
    backlog: Heard,
    /// The request that waits for something to hear, and how long it does.
    listener: Option<(Promise<Heard>, Timer)>,
}

/// There is something to hear.
pub(crate) struct Line(pub(crate) String);

/// There is nothing to hear, and it is no use to wait on.
pub(crate) struct Silence;

/// What the room replies is what the client is answered.
type Passed<M> = Later<Forwarded<Room, M>>;

#[handlers]
impl Session {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        self.room.send(Enter(context.address()));
    }

    fn join(&mut self, Join { name }: Join, context: &mut Context<Self>) -> Passed<Named> {
        self.room.forward(Named(context.address().id(), name))
    }

    fn say(&mut self, Say { text }: Say, context: &mut Context<Self>) -> Passed<Spoken> {
        self.room.forward(Spoken(context.address().id(), text))
    }

    fn hear(&mut self, _: Hear, context: &mut Context<Self>) -> Later<Heard> {
        if !self.backlog.lines.is_empty() || self.room.has_completed() {
            return Later::now(std::mem::take(&mut self.backlog));
        }
        self.answer();
        let (promise, heard) = Later::promise();
        let patience = context.after(PATIENCE, Silence);
        self.listener = Some((promise, patience));
        heard
    }

    fn line(&mut self, Line(line): Line) {
        if self.backlog.lines.len() == BACKLOG {
            self.backlog.lines.remove(0);
            self.backlog.missed += 1;
        }
        self.backlog.lines.push(line);
        self.answer();
    }

    fn silence(&mut self, _: Silence) {
        self.answer();
    }
}

impl Session {
    pub(crate) fn new(room: Address<Room>) -> Self {
        Self {
            room,
            backlog: Heard::default(),
            listener: None,
        }
    }

    /// Answers the request that waits, if there is one and its client is still there.
    fn answer(&mut self) {
        if let Some((promise, patience)) = self.listener.take() {
            patience.cancel();
            if promise.is_wanted() {
                promise.keep(std::mem::take(&mut self.backlog));
            }
        }
    }
}
