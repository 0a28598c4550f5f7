//! Replies that come later, from work that does not hold up the object.

use std::fmt;

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;

use crate::ask::Ask;
use crate::fault::Faulted;
use crate::message::{Ack, Message};
use crate::reply::{Answer, IntoReply, Outcome, Reply};

/// A reply that is not there yet.
///
/// A handler that needs something that takes time returns a future of its reply. The future
/// does not borrow the object, which goes on handling messages meanwhile.
///
/// ```
/// use ansar::prelude::*;
///
/// #[message]
/// struct Square { x: f64 }
/// #[message]
/// struct Output { value: f64 }
///
/// struct Server;
///
/// #[handlers]
/// impl Server {
///     fn square(&mut self, Square { x }: Square) -> Later<Output> {
///         Later::new(async move { Output { value: x * x } })
///     }
/// }
/// ```
#[must_use = "a reply that is dropped is never sent: return it from the handler"]
pub struct Later<R> {
    future: LocalBoxFuture<'static, Result<R, Faulted>>,
}

impl<R: 'static> Later<R> {
    /// The reply is what a future makes.
    pub fn new(future: impl Future<Output = R> + 'static) -> Self {
        Self::fallible(async { Ok(future.await) })
    }

    /// The reply is there already: one handler may answer some requests at once and others later.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// # #[message] struct Text { text: String }
    /// fn shown(kept: Option<String>) -> Later<Text> {
    ///     match kept {
    ///         Some(text) => Later::now(Text { text }),
    ///         None => Later::new(async { Text { text: "made with effort".into() } }),
    ///     }
    /// }
    /// ```
    pub fn now(reply: R) -> Self {
        Self::new(std::future::ready(reply))
    }

    /// The reply is given by a [`Promise`], from whatever handler comes to know it.
    ///
    /// [`Promise`] has an example.
    pub fn promise() -> (Promise<R>, Self) {
        let (sender, receiver) = oneshot::channel();
        let later = Self::fallible(async {
            receiver.await.unwrap_or_else(|_| {
                let reason = "whoever had promised it is gone";
                Err(Faulted::failed("cannot give the reply", reason))
            })
        });
        (Promise { sender }, later)
    }

    pub(crate) fn fallible(future: impl Future<Output = Result<R, Faulted>> + 'static) -> Self {
        Self {
            future: Box::pin(future),
        }
    }

    pub(crate) fn refused(fault: Faulted) -> Self {
        Self::fallible(std::future::ready(Err(fault)))
    }

    pub(crate) async fn wait(self) -> Result<R, Faulted> {
        self.future.await
    }
}

impl<R> fmt::Debug for Later<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Later")
    }
}

/// What another object replies is the reply.
impl<M: 'static> From<Ask<M>> for Later<Result<M, Faulted>> {
    fn from(ask: Ask<M>) -> Self {
        Self::new(ask)
    }
}

impl<R: IntoReply> IntoReply for Later<R> {
    type Message = R::Message;

    fn into_outcome(self) -> Outcome<R::Message> {
        Outcome::Later(Box::pin(async {
            match self.future.await?.into_outcome() {
                Outcome::Now(outcome) => outcome,
                Outcome::Later(outcome) => outcome.await,
            }
        }))
    }

    fn into_answer(self) -> Answer {
        Answer::Later(Box::pin(async {
            match self.future.await.map(IntoReply::into_answer) {
                Ok(Answer::Now(reply)) => reply,
                Ok(Answer::Later(reply)) => reply.await,
                Err(fault) => Reply::of(&fault, 500),
            }
        }))
    }
}

/// Refused at once, or answered later.
impl<R: IntoReply, E: Message> IntoReply for Result<Later<R>, E> {
    type Message = R::Message;

    fn into_outcome(self) -> Outcome<R::Message> {
        match self {
            Ok(later) => later.into_outcome(),
            Err(refusal) => Outcome::Now(Err(Faulted::from_refusal(&refusal))),
        }
    }

    fn into_answer(self) -> Answer {
        match self {
            Ok(later) => later.into_answer(),
            Err(refusal) => Err::<Ack, E>(refusal).into_answer(),
        }
    }
}

/// The obligation to reply. Dropped without a reply, it answers with a fault.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Wait;
/// # #[message] struct Open;
/// # #[message] struct Opened;
/// #[derive(Default)]
/// struct Door {
///     waiting: Vec<Promise<Opened>>,
/// }
///
/// #[handlers]
/// impl Door {
///     fn wait(&mut self, _: Wait) -> Later<Opened> {
///         let (promise, later) = Later::promise();
///         self.waiting.push(promise);
///         later
///     }
///
///     fn open(&mut self, _: Open) {
///         for promise in self.waiting.drain(..) {
///             promise.keep(Opened);
///         }
///     }
/// }
/// ```
#[must_use = "a promise that is dropped is answered by a fault"]
pub struct Promise<R> {
    sender: oneshot::Sender<Result<R, Faulted>>,
}

impl<R> Promise<R> {
    /// Gives the reply. Whoever waited for it may have gone meanwhile.
    pub fn keep(self, reply: R) {
        let _ = self.sender.send(Ok(reply));
    }

    /// Whether somebody still waits for the reply.
    pub fn is_wanted(&self) -> bool {
        !self.sender.is_closed()
    }
}

impl<R> fmt::Debug for Promise<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Promise")
    }
}
