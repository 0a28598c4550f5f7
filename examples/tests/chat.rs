//! A chat, heard by objects in no time, and by clients over their connections.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ansar::test::{Running, Test};

use super::*;

fn session(chat: &mut Test<Room>) -> Address<Session> {
    let session = chat.beside(Session::new(chat.address()));
    chat.pass(Duration::ZERO);
    session
}

fn room() -> Test<Room> {
    let port = 0;
    Test::new(Room::create(Settings {
        port,
        ..Settings::default()
    }))
}

fn join(chat: &mut Test<Room>, name: &str) -> Address<Session> {
    let session = session(chat);
    let name = name.into();
    chat.run(session.ask(Join { name })).unwrap();
    session
}

fn say(chat: &mut Test<Room>, session: &Address<Session>, text: &str) -> Result<Ack, Faulted> {
    let text = text.into();
    chat.run(session.ask(Say { text }))
}

fn hear(chat: &mut Test<Room>, session: &Address<Session>) -> Heard {
    let hear = session.ask(Hear).within(Duration::from_mins(1));
    chat.run(hear).unwrap()
}

fn heard(lines: &[&str]) -> Heard {
    let lines = lines.iter().map(ToString::to_string).collect();
    Heard { lines }
}

#[test]
fn what_one_says_all_others_hear() {
    let mut chat = room();
    let [ann, bob] = ["ann", "bob"].map(|name| join(&mut chat, name));
    let guest = session(&mut chat);
    say(&mut chat, &bob, "hello").unwrap();
    let expected = heard(&["bob has joined", "bob: hello"]);
    assert_eq!(hear(&mut chat, &ann), expected);
    assert_eq!(hear(&mut chat, &guest), heard(&["bob: hello"]));
    // Not what one has said oneself: there is nothing.
    assert_eq!(hear(&mut chat, &bob), heard(&[]));
}

#[test]
fn whoever_waits_hears_at_once() {
    let mut chat = room();
    let [ann, bob] = ["ann", "bob"].map(|name| join(&mut chat, name));
    let wait = bob.ask(Hear);
    say(&mut chat, &ann, "hello").unwrap();
    assert_eq!(chat.run(wait), Ok(heard(&["ann: hello"])));
}

#[test]
fn a_listener_that_has_gone_misses_nothing() {
    let mut chat = room();
    let [ann, bob] = ["ann", "bob"].map(|name| join(&mut chat, name));
    let wait = bob.ask(Hear);
    chat.pass(Duration::ZERO);
    drop(wait);
    chat.pass(Duration::ZERO);
    say(&mut chat, &ann, "hello").unwrap();
    assert_eq!(hear(&mut chat, &bob), heard(&["ann: hello"]));
}

#[test]
fn names_and_texts_have_bounds_and_whoever_speaks_has_joined() {
    let mut chat = room();
    let guest = session(&mut chat);
    let fault = say(&mut chat, &guest, "hello").unwrap_err();
    assert_eq!(fault.to_string(), "cannot say that (join first)");
    for name in [String::new(), "a".repeat(TEXT_BYTES + 1)] {
        let fault = chat.run(guest.ask(Join { name })).unwrap_err();
        assert!(fault.explanation().ends_with("1 to 200 bytes are allowed"));
    }
    let ann = join(&mut chat, "ann");
    let text = "a".repeat(TEXT_BYTES + 1);
    let fault = say(&mut chat, &ann, &text).unwrap_err();
    assert!(fault.explanation().ends_with("1 to 200 bytes are allowed"));
}

#[test]
fn a_slow_listener_hears_the_last_lines() {
    let mut chat = room();
    let [ann, bob] = ["ann", "bob"].map(|name| join(&mut chat, name));
    for number in 0..BACKLOG + 7 {
        say(&mut chat, &ann, &number.to_string()).unwrap();
    }
    let Heard { lines } = hear(&mut chat, &bob);
    assert_eq!(lines.len(), BACKLOG);
    assert_eq!(lines[0], "ann: 7");
}

#[test]
fn nobody_waits_for_a_room_that_ends() {
    let mut chat = room();
    let ann = join(&mut chat, "ann");
    let wait = ann.ask(Hear);
    chat.pass(Duration::ZERO);
    chat.address().stop();
    assert_eq!(chat.run(wait), Ok(heard(&[])));
}

/// A connection that is kept.
struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    fn send(&mut self, target: &str) {
        let request = format!("GET /{target} HTTP/1.1\r\nHost: chat\r\n\r\n");
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
    }

    /// The body of the next response.
    fn receive(&mut self) -> String {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                    length = value.parse().unwrap();
                }
                None if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    fn ask(&mut self, target: &str) -> String {
        self.send(target);
        self.receive()
    }
}

#[test]
fn clients_hear_each_other_and_that_one_has_left() {
    let server = Running::start::<Room>(Settings {
        port: 0,
        ..Settings::default()
    });
    let [mut ann, mut bob] = [(); 2].map(|()| Client::connect(server.address()));
    let ack = r#"{"value":["ansar.Ack",{},[]]}"#;
    let heard = |line: &str| format!(r#"{{"value":["chat.Heard",{{"lines":["{line}"]}},[]]}}"#);
    assert_eq!(ann.ask("Join?name=ann"), ack);
    ann.send("Hear");
    assert_eq!(bob.ask("Join?name=bob"), ack);
    assert_eq!(ann.receive(), heard("bob has joined"));
    ann.send("Hear");
    assert_eq!(bob.ask("Say?text=hello"), ack);
    assert_eq!(ann.receive(), heard("bob: hello"));
    ann.send("Hear");
    drop(bob);
    assert_eq!(ann.receive(), heard("bob has left"));
    // A listener does not hold up the end of the server.
    ann.send("Hear");
    drop(server);
    let mut rest = String::new();
    ann.0.read_to_string(&mut rest).unwrap();
    assert!(rest.is_empty() || rest.contains(r#""lines":[]"#), "{rest}");
}
