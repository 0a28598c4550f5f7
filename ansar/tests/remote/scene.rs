//! An object that connects to a server, in real time, and what it is told.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use ansar::prelude::*;
use ansar::test::Test;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// How long anything may take before a test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[message]
pub(crate) struct Multiply {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

#[message]
pub(crate) struct Divide {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

#[message]
pub(crate) struct Output {
    pub(crate) value: f64,
}

/// What the object is told, in the order of its telling.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Connected,
    NotConnected(String),
    Closed(String),
}

/// Connects, hands the remote over, and passes on what it is told.
struct Desk {
    server: HostPort,
    id: Option<ObjectId>,
    remote: UnboundedSender<Remote>,
    told: UnboundedSender<Told>,
}

impl Desk {
    fn tell(&self, remote: ObjectId, told: Told) {
        assert_eq!(Some(remote), self.id);
        self.told.send(told).expect("the scene lives");
    }
}

#[handlers]
impl Desk {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let remote = context.connect(self.server.clone());
        self.id = Some(remote.id());
        self.remote.send(remote).expect("the scene lives");
    }

    fn connected(&mut self, message: Connected) {
        assert_eq!(message.requested, self.server);
        self.tell(message.remote, Told::Connected);
    }

    fn not_connected(&mut self, message: NotConnected) {
        assert_eq!(message.requested, self.server);
        self.tell(message.remote, Told::NotConnected(message.reason));
    }

    fn closed(&mut self, message: Closed) {
        self.tell(message.connection, Told::Closed(message.reason));
    }
}

/// The object, on a thread of its own: that of the test.
pub(crate) struct Running {
    desk: RefCell<Test<Desk>>,
    told: RefCell<UnboundedReceiver<Told>>,
}

/// The object, and the remote that it has connected to.
pub(crate) struct Scene {
    object: Running,
    pub(crate) remote: Remote,
}

impl Running {
    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        let outcome = self
            .desk
            .borrow_mut()
            .run(async { timeout(PATIENCE, future).await });
        outcome.expect("nothing takes that long")
    }

    /// Lets the object go on until a server by hand has told something.
    pub(crate) fn wait<T>(&self, told: &Receiver<T>) -> T {
        self.run(async {
            loop {
                match told.try_recv() {
                    Ok(told) => return told,
                    Err(TryRecvError::Empty) => tokio::task::yield_now().await,
                    Err(TryRecvError::Disconnected) => panic!("the server has ended"),
                }
            }
        })
    }
}

impl Scene {
    /// Begins to connect, and does not wait for it.
    pub(crate) fn connect(server: SocketAddr) -> Self {
        Self::connect_to(HostPort::new(server.ip().to_string(), server.port()))
    }

    pub(crate) fn connect_to(server: HostPort) -> Self {
        let ((remote_sender, mut remote), (told_sender, told)) =
            (unbounded_channel(), unbounded_channel());
        let mut desk = Test::new(Desk {
            server,
            id: None,
            remote: remote_sender,
            told: told_sender,
        });
        let remote = desk.run(async {
            // Sockets do not wait for a clock that stands still.
            tokio::time::resume();
            remote.recv().await
        });
        let object = Running {
            desk: RefCell::new(desk),
            told: RefCell::new(told),
        };
        Self {
            object,
            remote: remote.expect("the object starts"),
        }
    }

    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        self.object.run(future)
    }

    pub(crate) fn wait<T>(&self, told: &Receiver<T>) -> T {
        self.object.wait(told)
    }

    pub(crate) fn multiply(&self, x: f64) -> Result<Output, Faulted> {
        self.run(self.remote.ask::<Output>(Multiply { x, y: 2.0 }))
    }

    /// Waits for the next thing that the object is told.
    pub(crate) fn told(&self) -> Told {
        let mut told = self.object.told.borrow_mut();
        self.run(told.recv()).expect("the object lives")
    }

    /// Has the object complete, and waits until it is gone.
    pub(crate) fn complete(&self) {
        self.object.desk.borrow().address().stop();
        let mut told = self.object.told.borrow_mut();
        self.run(async { while told.recv().await.is_some() {} });
    }

    /// Drops the last clone of the remote.
    pub(crate) fn without_remote(self) -> Running {
        self.object
    }
}
