//! The life of an object: it is created, started, sent messages, and completes.

use std::net::SocketAddr;
use std::rc::Rc;

use futures_util::future::join_all;
use futures_util::stream::{FuturesOrdered, StreamExt};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::context::{Command, Completion, Opening};
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
    /// Those to be, in the order in which they were asked for. Names are looked up for some of them,
    /// which may take long.
    opening: FuturesOrdered<Opening>,
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
            opening: FuturesOrdered::new(),
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
                    Command::Listen(listen) => {
                        let opening = listen(Rc::clone(&self.mailbox), self.ports.next());
                        self.opening.push_back(opening);
                    }
                    Command::Complete(completion) => return completion,
                }
            }
            if !self.is_ready && self.opening.is_empty() && self.mailbox.is_idle() {
                self.is_ready = true;
                let listening: Vec<SocketAddr> =
                    self.listeners.iter().map(Listener::address).collect();
                self.readiness.ready(&listening);
            }
            tokio::select! {
                () = self.mailbox.woken() => {}
                Some(opened) = self.opening.next() => self.opened(opened),
            }
        }
    }

    fn opened(&mut self, opened: Result<Listener, NoListener>) {
        match opened {
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
        self.opening.clear();
        let listeners = std::mem::take(&mut self.listeners);
        let mailbox = Rc::clone(&self.mailbox);
        let finish = async {
            // All at once: none of them takes clients while another one still answers.
            join_all(listeners.into_iter().map(Listener::close)).await;
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

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::runtime::{Builder, LocalOptions};

    use super::*;
    use crate as ansar;
    use crate::lifecycle::Stop;

    struct Server;

    #[ansar::handlers]
    impl Server {}

    #[test]
    fn an_object_that_waits_to_listen_hears_of_a_stop() {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build_local(LocalOptions::default())
            .unwrap();
        let completion = runtime.block_on(async {
            let identity = Identity::create("Server", Identity::PROCESS);
            let mailbox = Mailbox::new(identity, Server, Parent::PROCESS, Rc::default());
            let mut life = Life::new(Rc::clone(&mailbox), Readiness::Nobody);
            life.opening.push_back(Box::pin(pending()));
            mailbox.stop(Identity::PROCESS, Stop);
            timeout(std::time::Duration::from_mins(1), life.live()).await
        });
        assert!(matches!(completion, Ok(Completion::Aborted(_))));
    }
}
