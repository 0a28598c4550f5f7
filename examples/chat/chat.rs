//! A chat: what one says, all others hear.
//!
//! There is a session for each connection, and a room that knows all of them. Since HTTP
//! answers and does not call, whoever wants to hear asks, and is answered when there is
//! something: keep the connection, and ask again.
//!
//! Run it, and ask, all over one connection:
//! `curl "http://127.0.0.1:5055/Join?name=ann" "http://127.0.0.1:5055/Hear"`.

mod session;

use std::collections::BTreeMap;
use std::process::ExitCode;

use ansar::prelude::*;

use session::{Line, Session, Silence};

/// The longest name, and the longest text, in bytes: a line fits on a screen.
const NAME_BYTES: usize = 40;
const TEXT_BYTES: usize = 1000;

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
    /// How many lines came before these, and were too many to keep.
    missed: usize,
}

/// What clients may send.
type Messages = (Join, Say, Hear);

/// Everybody who is connected.
struct Room {
    settings: Settings,
    guests: BTreeMap<ObjectId, Guest>,
}

/// A session, and its name once it has joined: until then it only listens.
struct Guest {
    session: Address<Session>,
    name: Option<String>,
}

/// A client has connected.
struct Enter(Address<Session>);

/// A guest wants a name.
struct Named(ObjectId, String);

/// A guest has something to say.
struct Spoken(ObjectId, String);

#[handlers]
impl Room {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let Settings { host, port } = self.settings.clone();
        let room = context.address();
        context.listen_with_sessions::<Messages, Session>(HostPort::new(host, port), move |_| {
            Session::new(room.clone())
        });
    }

    fn enter(&mut self, Enter(session): Enter) {
        let name = None;
        self.guests.insert(session.id(), Guest { session, name });
    }

    fn name(&mut self, Named(guest, name): Named) -> Result<(), Faulted> {
        let condition = format!("cannot join as {name:?}");
        check_length(&condition, &name, NAME_BYTES)?;
        let mut names = self.guests.values().filter_map(|guest| guest.name.as_ref());
        if names.any(|taken| *taken == name) {
            return Err(Faulted::rejected(condition, "the name is taken").with_status(409));
        }
        self.tell_others(guest, &format!("{name} has joined"));
        if let Some(guest) = self.guests.get_mut(&guest) {
            guest.name = Some(name);
        }
        Ok(())
    }

    fn speak(&mut self, Spoken(guest, text): Spoken) -> Result<(), Faulted> {
        check_length("cannot say that", &text, TEXT_BYTES)?;
        let speaker = self.guests.get(&guest);
        let name = speaker.and_then(|speaker| speaker.name.as_ref());
        let name = name.ok_or_else(|| Faulted::rejected("cannot say that", "join first"))?;
        self.tell_others(guest, &format!("{name}: {text}"));
        Ok(())
    }

    /// A session completes when its connection has ended.
    fn completed(&mut self, completed: Completed) {
        let guest = self.guests.remove(&completed.object());
        if let Some(name) = guest.and_then(|guest| guest.name) {
            self.tell_others(completed.object(), &format!("{name} has left"));
        }
    }

    /// Nobody has to wait on when there will be nothing to hear.
    fn stop(&mut self, _: Stop, context: &mut Context<Self>) {
        for guest in self.guests.values() {
            guest.session.send(Silence);
        }
        context.complete(Aborted {});
    }
}

impl Room {
    /// Lets all hear a line but the guest that it is about.
    fn tell_others(&self, about: ObjectId, line: &str) {
        for (_, other) in self.guests.iter().filter(|(id, _)| **id != about) {
            other.session.send(Line(line.into()));
        }
    }
}

fn check_length(condition: &str, text: &str, most: usize) -> Result<(), Faulted> {
    if (1..=most).contains(&text.len()) {
        return Ok(());
    }
    let reason = format!("it has {} bytes, and 1 to {most} are allowed", text.len());
    Err(Faulted::rejected(condition, reason))
}

impl Program for Room {
    type Settings = Settings;
    /// The sessions serve the clients.
    type Api = ();

    fn create(settings: Settings) -> Self {
        let guests = BTreeMap::new();
        Self { settings, guests }
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
