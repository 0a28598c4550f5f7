//! Typed calls: messages of the framework, and JSON of anybody.

use ansar::both;
use ansar::prelude::*;
use ansar::test::Running;

use crate::scene::{Divide, Multiply, Output, Scene};
use crate::server::{Server, response};

/// Settings of servers that listen at a free port.
#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

struct Crunch;

impl Program for Crunch {
    type Settings = Settings;
    type Api = (Multiply, Divide);

    fn create(_settings: Settings) -> Self {
        Self
    }
}

#[handlers]
impl Crunch {
    fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
        Output { value: x * y }
    }

    fn divide(&mut self, Divide { x, y }: Divide) -> Result<Output, Faulted> {
        if y == 0.0 {
            return Err(Faulted::rejected("cannot divide", "y is zero"));
        }
        Ok(Output { value: x / y })
    }
}

#[test]
fn a_message_is_asked_of_another_server() {
    let crunch = Running::start::<Crunch>(Settings::default());
    let scene = Scene::connect(crunch.address());
    let (product, quotient) = scene.run(both(
        scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.25 }),
        scene.remote.ask::<Output>(Divide { x: 9.0, y: 2.0 }),
    ));
    assert_eq!(product, Ok(Output { value: 3.375 }));
    assert_eq!(quotient, Ok(Output { value: 4.5 }));
}

#[test]
fn a_fault_of_the_remote_is_the_answer() {
    let crunch = Running::start::<Crunch>(Settings::default());
    let scene = Scene::connect(crunch.address());
    let ask = scene.remote.ask::<Output>(Divide { x: 1.0, y: 0.0 });
    let fault = scene.run(ask).unwrap_err();
    assert_eq!(fault, Faulted::rejected("cannot divide", "y is zero"));
}

#[test]
fn a_message_that_the_remote_does_not_know_is_refused_by_it() {
    let crunch = Running::start::<Crunch>(Settings::default());
    let scene = Scene::connect(crunch.address());
    let fault = scene.run(scene.remote.ask::<Ack>(Ack {})).unwrap_err();
    assert_eq!(fault.status(), 404);
    assert_eq!(
        fault.to_string(),
        "unknown message (there is no message \"Ack\" here)"
    );
}

/// Answers with the first line of the request and its body, as a list.
fn echo() -> Server {
    Server::start(|mut client| {
        while let Some(request) = client.request() {
            let line = request.lines().next().expect("a request has a line");
            let (_, body) = request.split_once("\r\n\r\n").expect("a head has an end");
            let json = format!("[{line:?},{body:?}]");
            client.write(&response("200 OK", &json));
        }
    })
}

type Echo = (String, String);

#[test]
fn any_json_can_be_sent_and_asked_for() {
    let server = echo();
    let scene = Scene::connect(server.address);
    let remote = &scene.remote;
    let body = vec![1, 2];
    let cases = [
        (remote.get::<Echo>("/a?b=c"), "GET /a?b=c HTTP/1.1", ""),
        (
            remote.post::<Echo>("/a", &body),
            "POST /a HTTP/1.1",
            "[1,2]",
        ),
        (remote.put::<Echo>("/a", &body), "PUT /a HTTP/1.1", "[1,2]"),
        (remote.delete::<Echo>("/a"), "DELETE /a HTTP/1.1", ""),
    ];
    for (ask, line, body) in cases {
        assert_eq!(scene.run(ask), Ok((line.to_owned(), body.to_owned())));
    }
}

#[test]
fn every_request_says_who_asks_whom() {
    let (sender, requests) = std::sync::mpsc::channel();
    let server = Server::start(move |mut client| {
        while let Some(request) = client.request() {
            sender.send(request).expect("the test waits");
            client.write(&response("204 No Content", ""));
        }
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.run(scene.remote.post::<()>("/a", &7)), Ok(()));
    let request = requests.recv().unwrap();
    let expected = [
        format!("host: {}\r\n", server.address),
        "user-agent: ansar\r\n".to_owned(),
        "content-type: application/json\r\n".to_owned(),
    ];
    for header in expected {
        assert!(request.contains(&header), "{request:?}");
    }
}
