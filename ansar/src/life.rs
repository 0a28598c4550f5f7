//! The life of an object: it is created, started, sent messages, and completes.

use std::net::SocketAddr;
use std::rc::Rc;

use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::context::{Command, Completion};
use crate::family::{Parent, Relative};
use crate::http::{Listener, NoListener, Ports};
use crate::lifecycle::Start;
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::readiness::Readiness;
use crate::record::{self, Identity, Tag};

/// Begins the life of an object that another one has created.
pub(crate) fn begin<O: Object, P: Object>(object: O, parent: &Rc<Mailbox<P>>) -> Rc<Mailbox<O>> {
    let creator = parent.identity();
    let identity = Identity::create(record::short_name::<O>(), creator);
    let http = Rc::clone(parent.http());
    let mailbox = Mailbox::new(identity, object, Parent::new(parent), http);
    mailbox.tell_essential(creator, Start, |_, _| {});
    let life = Life::new(Rc::clone(&mailbox), Readiness::Nobody);
    let life = spawn_local(async {
        life.live().await;
    });
    let relative: Rc<dyn Relative> = Rc::<Mailbox<O>>::clone(&mailbox);
    parent
        .children()
        .add(identity, relative, life.abort_handle());
    mailbox
}

/// An object, and what it has got from the framework.
#[derive(Debug)]
pub(crate) struct Life<O: Object> {
    mailbox: Rc<Mailbox<O>>,
    listeners: Vec<Listener>,
    /// Told once the object has started; nobody after that.
    readiness: Readiness,
    is_ready: bool,
    ports: Ports,
}

impl<O: Object> Life<O> {
    pub(crate) fn new(mailbox: Rc<Mailbox<O>>, readiness: Readiness) -> Self {
        Self {
            mailbox,
            listeners: Vec::new(),
            readiness,
            is_ready: false,
            ports: Ports::Alone,
        }
    }

    /// The same, for one thread of several.
    pub(crate) fn at(mut self, ports: Ports) -> Self {
        self.ports = ports;
        self
    }

    /// Lives, and ends in order: gives the value that the object completed with.
    pub(crate) async fn live(mut self) -> Completion {
        let completion = self.until_completion().await;
        self.end().await;
        self.mailbox.destroy();
        let mailbox = &self.mailbox;
        mailbox
            .parent()
            .child_completed(mailbox.identity(), completion.clone());
        completion
    }

    async fn until_completion(&mut self) -> Completion {
        loop {
            self.mailbox.drain();
            for command in self.mailbox.take_commands() {
                match command {
                    Command::Listen(listen) => self.listen(listen).await,
                    Command::Complete(completion) => return completion,
                }
            }
            if !self.is_ready && self.mailbox.is_idle() {
                self.is_ready = true;
                let listening: Vec<SocketAddr> =
                    self.listeners.iter().map(Listener::address).collect();
                self.readiness.ready(&listening);
            }
            self.mailbox.woken().await;
        }
    }

    async fn listen(&mut self, listen: crate::context::Listen<O>) {
        match listen(Rc::clone(&self.mailbox), self.ports.next()).await {
            Ok(listener) => self.listeners.push(listener),
            Err(NoListener::Address(reason)) => {
                let sender = Identity::PROCESS;
                self.mailbox
                    .tell_essential(sender, reason, |reason, context| {
                        context.complete(reason);
                    });
            }
            Err(NoListener::Declaration(fault)) => self.mailbox.fail(fault),
        }
    }

    /// Lets what is in progress end, then the objects that this one has created.
    async fn end(&mut self) {
        self.readiness.stopping();
        let identity = self.mailbox.identity();
        let limit = self.mailbox.http().drain_time_limit;
        self.mailbox.close();
        let listeners = std::mem::take(&mut self.listeners);
        let mailbox = Rc::clone(&self.mailbox);
        let finish = async {
            for listener in listeners {
                listener.close().await;
            }
            mailbox.finished().await;
            mailbox.children().stop(identity).await;
        };
        tokio::select! {
            // In this order, so that what was sent before the end is handled.
            biased;
            // What is in progress may need the object still.
            never = self.keep_handling() => match never {},
            finished = timeout(limit, finish) => {
                if finished.is_err() {
                    let limit = humantime::format_duration(limit);
                    record::write(Tag::Warning, identity, format_args!("Did not end in order within {limit}"));
                    self.mailbox.children().cut_short(identity);
                }
            }
        }
    }

    async fn keep_handling(&self) -> std::convert::Infallible {
        loop {
            self.mailbox.drain();
            self.mailbox.woken().await;
        }
    }
}

impl<O: Object> Drop for Life<O> {
    fn drop(&mut self) {
        // Also when it is cut short.
        Relative::destroy(&*self.mailbox);
    }
}
