//! A chat: what one says, all others hear.
//!
//! There is a session for each connection, and a room that knows all of them. Since HTTP
//! answers and does not call, whoever wants to hear asks, and is answered when there is
//! something: keep the connection, and ask again.
//!
//! Run it, and ask, all over one connection:
//! `curl "http://127.0.0.1:5055/Join?name=ann" "http://127.0.0.1:5055/Hear"`.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use ansar::prelude::*;

/// The longest name, and the longest text, in bytes: a line fits on a screen.
const TEXT_BYTES: usize = 200;

/// How many lines are kept for a slow listener. The oldest go first.
const BACKLOG: usize = 100;

/// How long a listener waits for something to hear: less than proxies and clients do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Gives whoever is at the other end of the connection a name.
#[message]
struct Join {
    name: String,
}

/// Says something to all others.
#[message]
struct Say {
    text: String,
}

/// Asks for what others have said since the last time.
#[message]
struct Hear;

/// What others have said: nothing, when nobody has for a while.
#[message]
struct Heard {
    lines: Vec<String>,
}

/// One guest: what it says goes to the room, and what the room lets it hear waits here.
struct Session {
    room: Address<Room>,
    /// Empty until it has joined; until then it only listens.
    name: String,
    /// What the client has not asked for yet.
    backlog: Heard,
    /// The request that waits for something to hear. A client that has gone meanwhile is
    /// noticed when it is answered.
    listener: Option<(Promise<Heard>, Timer)>,
}

/// There is something to hear, or it is no use to wait on.
struct Line(Option<String>);

#[handlers]
impl Session {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        self.room.send(Enter(context.address()));
    }

    fn join(&mut self, Join { name }: Join, context: &mut Context<Self>) -> Result<(), Faulted> {
        check_length("cannot join", &name)?;
        self.name = name;
        self.speak(context, " has joined")
    }

    fn say(&mut self, Say { text }: Say, context: &mut Context<Self>) -> Result<(), Faulted> {
        check_length("cannot say that", &text)?;
        self.speak(context, &format!(": {text}"))
    }

    fn hear(&mut self, _: Hear, context: &mut Context<Self>) -> Later<Heard> {
        if !self.backlog.lines.is_empty() || self.room.has_completed() {
            return Later::now(std::mem::take(&mut self.backlog));
        }
        self.answer();
        let (promise, heard) = Later::promise();
        self.listener = Some((promise, context.after(PATIENCE, Line(None))));
        heard
    }

    fn line(&mut self, Line(line): Line) {
        self.backlog.lines.extend(line);
        if self.backlog.lines.len() > BACKLOG {
            self.backlog.lines.remove(0);
        }
        self.answer();
    }

    fn closed(&mut self, _: Closed, context: &mut Context<Self>) {
        // Whoever has never joined has nothing to say.
        let _ = self.speak(context, " has left");
    }
}

impl Session {
    fn new(room: Address<Room>) -> Self {
        Self {
            room,
            name: String::new(),
            backlog: Heard::default(),
            listener: None,
        }
    }

    fn speak(&self, context: &Context<Self>, what: &str) -> Result<(), Faulted> {
        if self.name.is_empty() {
            return Err(Faulted::rejected("cannot say that", "join first"));
        }
        let line = format!("{}{what}", self.name);
        self.room.send(Spoken(context.address().id(), line));
        Ok(())
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

fn check_length(condition: &str, text: &str) -> Result<(), Faulted> {
    if (1..=TEXT_BYTES).contains(&text.len()) {
        return Ok(());
    }
    let reason = format!("1 to {TEXT_BYTES} bytes are allowed");
    Err(Faulted::rejected(condition, reason))
}

/// Everybody who is connected.
struct Room {
    address: HostPort,
    guests: BTreeMap<ObjectId, Address<Session>>,
}

/// A client has connected.
struct Enter(Address<Session>);

/// A guest has something for all others to hear.
struct Spoken(ObjectId, String);

#[handlers]
impl Room {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let room = context.address();
        let session = move |_: &Accepted| Session::new(room.clone());
        context.listen_with_sessions::<(Join, Say, Hear), _>(self.address.clone(), session);
    }

    fn enter(&mut self, Enter(session): Enter) {
        self.guests.insert(session.id(), session);
    }

    fn spoken(&mut self, Spoken(speaker, line): Spoken) {
        for (_, other) in self.guests.iter().filter(|(id, _)| **id != speaker) {
            other.send(Line(Some(line.clone())));
        }
    }

    /// A session completes when its connection has ended.
    fn completed(&mut self, completed: Completed) {
        self.guests.remove(&completed.object());
    }

    /// Nobody has to wait on when there will be nothing to hear.
    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        for guest in self.guests.values() {
            guest.send(Line(None));
        }
        context.complete(Aborted {});
    }
}

impl Program for Room {
    type Settings = Settings;
    /// The sessions serve the clients.
    type Api = ();

    fn create(Settings { host, port }: Settings) -> Self {
        let (address, guests) = (HostPort::new(host, port), BTreeMap::new());
        Self { address, guests }
    }
}

#[settings]
struct Settings {
    /// Name or address of the interface to listen at
    #[default("127.0.0.1")]
    host: String,
    /// Port to listen at
    #[default(5055)]
    port: u16,
}

fn main() -> ExitCode {
    ansar::run::<Room>(Settings::default())
}

#[cfg(test)]
#[path = "../tests/chat.rs"]
mod tests;
