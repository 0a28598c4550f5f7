//! The object that has connected, whatever object it is.

use futures_util::future::LocalBoxFuture;
use tokio::task::AbortHandle;

use crate::lifecycle::{Closed, Connected, NotConnected};
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::Identity;

/// What a remote needs of the object that has connected.
pub(super) trait Owner {
    /// Runs something that ends with the object, or before.
    fn run(&self, task: LocalBoxFuture<'static, ()>) -> AbortHandle;
    /// Tells it what has become of the remote.
    fn tell(&self, sender: Identity, news: News);
}

/// What an object is told.
#[derive(Debug)]
pub(super) enum News {
    Connected(Connected),
    NotConnected(NotConnected),
    Closed(Closed),
}

impl<O: Object> Owner for Mailbox<O> {
    fn run(&self, task: LocalBoxFuture<'static, ()>) -> AbortHandle {
        Mailbox::run(self, task)
    }

    fn tell(&self, sender: Identity, news: News) {
        match news {
            News::Connected(message) => Mailbox::tell(self, sender, message, ""),
            News::NotConnected(message) => {
                let detail = format!(", {}", message.reason);
                Mailbox::tell(self, sender, message, &detail);
            }
            News::Closed(message) => {
                let detail = format!(", {}", message.reason);
                Mailbox::tell(self, sender, message, &detail);
            }
        }
    }
}
