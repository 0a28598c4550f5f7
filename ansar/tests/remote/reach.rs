//! Servers that are absent, come, and go.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, mpsc};

use tokio::net::TcpSocket;

use crate::scene::{Multiply, Output, Scene, Told};
use crate::server::{OUTPUT, Server, wait};

/// A port that is kept, though nobody listens at it yet.
struct Kept(TcpSocket);

impl Kept {
    fn new() -> (Self, SocketAddr) {
        let socket = TcpSocket::new_v4().expect("there is room for a socket");
        socket
            .bind("127.0.0.1:0".parse().expect("an address"))
            .expect("there is a free port");
        let address = socket.local_addr().expect("it is bound");
        (Self(socket), address)
    }

    fn listen(self, scene: &Scene) -> TcpListener {
        let listener = scene.run(async { self.0.listen(16) });
        let listener = listener
            .and_then(tokio::net::TcpListener::into_std)
            .expect("it listens");
        listener.set_nonblocking(false).expect("it can wait");
        listener
    }
}

#[test]
fn while_a_server_is_absent_calls_are_refused_at_once_and_then_they_are_not() {
    let (kept, address) = Kept::new();
    let scene = Scene::connect(address);
    let refusal = format!("cannot reach \"{address}\" ([Errno 111] Connection refused)");
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!((fault.status(), fault.to_string()), (503, refusal));
    let reason = "[Errno 111] Connection refused".to_owned();
    assert_eq!(scene.told(), Told::NotConnected(reason));
    assert_eq!(scene.multiply(1.5), Err(fault), "it is not asked again");

    let _server = Server::at(kept.listen(&scene), |mut client| {
        while client.request().is_some() {
            client.write(OUTPUT);
        }
    });
    assert_eq!(scene.told(), Told::Connected);
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
}

#[test]
fn a_server_that_does_not_answer_is_waited_for_but_not_for_ever() {
    let (kept, address) = Kept::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _listener = runtime.block_on(async { kept.0.listen(0) }).unwrap();
    // Nobody accepts: there is room for one, and the next is not answered.
    let _first = std::net::TcpStream::connect(address).unwrap();
    let scene = Scene::connect(address);
    scene.run(async { tokio::time::pause() });
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!("cannot reach \"{address}\" (no answer within 5s)")
    );
}

#[test]
fn a_name_that_nobody_has_is_a_reason() {
    let scene = Scene::connect_to(ansar::HostPort::new("no.such.host.invalid", 5051));
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!(fault.status(), 503);
    assert_eq!(
        fault.condition(),
        "cannot reach \"no.such.host.invalid:5051\""
    );
    assert_eq!(
        scene.told(),
        Told::NotConnected(fault.explanation().to_owned())
    );
}

#[test]
fn a_server_that_dies_in_mid_call_is_a_fault_and_is_connected_to_again() {
    let server = Server::start(|mut client| {
        while client.request().is_some() {
            if client.number == 0 {
                return;
            }
            client.write(OUTPUT);
        }
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.told(), Told::Connected);
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!(fault.status(), 502);
    assert_eq!(
        fault.explanation(),
        "connection closed before message completed"
    );
    assert!(matches!(scene.told(), Told::Closed(_)));
    // This waits for the attempt that is made at once.
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    assert_eq!(scene.told(), Told::Connected);
}

#[test]
fn a_connection_that_the_server_closes_is_made_again() {
    let (close, closing) = mpsc::channel();
    let closing = Mutex::new(closing);
    let server = Server::start(move |mut client| {
        client.request();
        client.write(OUTPUT);
        if client.number == 0 {
            wait(&closing);
        } else {
            client.gone();
        }
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.told(), Told::Connected);
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    close.send(()).unwrap();
    assert_eq!(scene.told(), Told::Closed("by the other side".to_owned()));
    assert_eq!(scene.told(), Told::Connected);
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
}

#[test]
fn when_the_last_clone_is_dropped_the_call_in_progress_is_still_answered() {
    let (go, going) = mpsc::channel();
    let (gone, is_gone) = mpsc::channel();
    let going = Mutex::new(going);
    let server = Server::start(move |mut client| {
        client.request();
        wait(&going);
        client.write(OUTPUT);
        client.gone();
        gone.send(()).expect("the test waits");
    });
    let scene = Scene::connect(server.address);
    assert_eq!(scene.told(), Told::Connected);
    let ask = scene.remote.ask::<Output>(Multiply { x: 1.5, y: 2.25 });
    let object = scene.without_remote();
    go.send(()).unwrap();
    assert_eq!(object.run(ask), Ok(Output { value: 3.375 }));
    object.wait(&is_gone);
}

#[test]
fn when_the_object_has_completed_calls_are_refused() {
    let server = Server::answering(OUTPUT);
    let scene = Scene::connect(server.address);
    assert_eq!(scene.multiply(1.5), Ok(Output { value: 3.375 }));
    scene.complete();
    let fault = scene.multiply(1.5).unwrap_err();
    assert_eq!(
        (fault.status(), fault.explanation()),
        (503, "the object that had connected has completed")
    );
}
