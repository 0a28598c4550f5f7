//! Requests and responses as they are.

use std::sync::{Mutex, mpsc};

use ansar::prelude::*;
use bytes::Bytes;
use futures_util::stream;

use crate::scene::Scene;
use crate::server::{Server, response, wait};

#[test]
fn a_response_is_given_as_it_is() {
    let server = Server::answering(
        "HTTP/1.1 404 Not Found\r\nx-reason: moon\r\ncontent-length: 4\r\n\r\ngone",
    );
    let scene = Scene::connect(server.address);
    let request = HttpRequest::get("/a").header("x-day", "7").unwrap();
    let response = scene.run(scene.remote.request(request)).unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["x-reason"], "moon");
    assert_eq!(scene.run(response.into_body().collect(9)).unwrap(), "gone");
}

#[test]
fn a_body_may_flow_in_both_directions() {
    let (go, going) = mpsc::channel();
    let going = Mutex::new(going);
    let server = Server::start(move |mut client| {
        let request = client.read_until("0\r\n\r\n");
        assert!(
            request.contains("transfer-encoding: chunked\r\n"),
            "{request:?}"
        );
        assert!(
            request.ends_with("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
            "{request:?}"
        );
        client.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nthree\r\n");
        wait(&going);
        client.write("4\r\nfour\r\n0\r\n\r\n");
        client.request();
        client.write(&response("200 OK", "7"));
        client.gone();
    });
    let scene = Scene::connect(server.address);
    let pieces = stream::iter(["one", "two"].map(|text| Ok(Bytes::from(text))));
    let request = HttpRequest::post("/a").body(HttpBody::stream(None, pieces));
    let response = scene.run(scene.remote.request(request)).unwrap();
    let mut body = response.into_body();
    assert_eq!(scene.run(body.next()).unwrap().unwrap(), "three");
    go.send(()).unwrap();
    assert_eq!(scene.run(body.next()).unwrap().unwrap(), "four");
    assert!(scene.run(body.next()).is_none());
    assert_eq!(scene.run(scene.remote.get::<u8>("/seven")), Ok(7));
    assert_eq!(server.accepted(), 1, "the connection is used again");
}

#[test]
fn a_body_that_is_not_read_to_its_end_closes_its_connection() {
    let (gone, is_gone) = mpsc::channel();
    let server = Server::start(move |mut client| {
        client.request();
        if client.number == 0 {
            client.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nstart");
            client.gone();
            gone.send(()).expect("the test waits");
        }
        client.write(&response("200 OK", "7"));
    });
    let scene = Scene::connect(server.address);
    let response = scene.run(scene.remote.request(HttpRequest::get("/a")));
    let mut body = response.unwrap().into_body();
    assert_eq!(scene.run(body.next()).unwrap().unwrap(), "start");
    drop(body);
    assert_eq!(scene.run(scene.remote.get::<u8>("/seven")), Ok(7));
    scene.wait(&is_gone);
}

#[test]
fn a_body_that_breaks_off_is_an_error_where_it_does() {
    let server = Server::start(|mut client| {
        client.request();
        client.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nstart");
    });
    let scene = Scene::connect(server.address);
    let response = scene.run(scene.remote.request(HttpRequest::get("/a")));
    let fault = scene
        .run(response.unwrap().into_body().collect(9))
        .unwrap_err();
    assert!(
        fault
            .explanation()
            .contains("end of file before message length reached"),
        "{fault}"
    );
}

#[test]
fn a_file_is_sent_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("poem.txt");
    std::fs::write(&path, "To be, or not to be").unwrap();
    let server = Server::start(|mut client| {
        let request = client.request().unwrap();
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        client.write(&response("200 OK", &body.len().to_string()));
    });
    let scene = Scene::connect(server.address);
    let length = scene.run(async {
        let body = HttpBody::file(&path).await.unwrap();
        let request = HttpRequest::post("/poems").body(body);
        let response = scene.remote.request(request).await.unwrap();
        response.into_body().collect(100).await.unwrap()
    });
    assert_eq!(length, "19");
}

#[test]
fn a_body_that_is_shorter_than_was_said_is_not_taken_for_the_whole() {
    let (outcome, outcomes) = mpsc::channel();
    let server = Server::start(move |mut client| {
        let request = client.request();
        outcome.send(request).expect("the test waits");
    });
    let scene = Scene::connect(server.address);
    let pieces = stream::iter([Ok(Bytes::from("part"))]);
    let request = HttpRequest::post("/a").body(HttpBody::stream(Some(9), pieces));
    let fault = scene.run(scene.remote.request(request)).unwrap_err();
    assert_eq!(fault.status(), 502);
    assert!(
        fault
            .explanation()
            .contains("5 bytes shorter than was said"),
        "{fault}"
    );
    assert_eq!(scene.wait(&outcomes), None);
}

#[test]
fn a_request_that_is_none_is_refused_before_it_is_sent() {
    let server = Server::answering("");
    let scene = Scene::connect(server.address);
    let fault = scene
        .run(scene.remote.request(HttpRequest::get("no slash")))
        .unwrap_err();
    assert_eq!(fault.status(), 400);
    assert_eq!(
        fault.to_string(),
        "cannot send GET no slash (the target \"no slash\" does not begin with \"/\")"
    );
}
