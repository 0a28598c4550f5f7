//! Servers elsewhere: connections that are kept, and calls over them.
//!
//! [`Remote`] is what authors see. [`Reach`](reach::Reach) decides, without sockets, whether
//! the server can be reached and when to try again; [`Connections`] does it, and has the calls
//! that wait; [`Call`] is one request and its answer, which [`Answer`](answer::Answer) reads.

mod answer;
mod call;
mod connection;
mod connections;
mod endpoint;
mod idle;
mod limits;
mod owner;
mod pause;
mod pipeline;
mod reach;
mod request;

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use hyper::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use answer::Answer;
use call::{Call, Condition};
use connections::Connections;
use owner::Owner;
use pipeline::{Lost, Outcome};
use request::Question;

use crate::ask::Ask;
use crate::fault::Faulted;
use crate::host_port::HostPort;
use crate::http::{HttpRequest, HttpResponse};
use crate::lifecycle::ObjectId;
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::object::Object;
use crate::record::{self, Identity, Tag};

/// A server elsewhere, and the connections that are kept to it. A clone is the same remote.
///
/// [`Context::connect`](crate::Context::connect) gives one, and begins to connect. Calls wait
/// for the outcome of that, five seconds at most. While the server cannot be reached, each call
/// is answered at once by a fault with status 503 that says why, and further attempts are made,
/// with pauses of 50 milliseconds to 5 seconds. The object that has connected is told by
/// [`Connected`](crate::Connected), [`NotConnected`](crate::NotConnected) and
/// [`Closed`](crate::Closed).
///
/// ```no_run
/// use ansar::prelude::*;
///
/// #[message]
/// struct Multiply { x: f64, y: f64 }
/// #[message]
/// struct Output { value: f64 }
/// #[message]
/// struct Square { x: f64 }
///
/// struct Squarer {
///     crunch: Option<Remote>,
/// }
///
/// #[handlers]
/// impl Squarer {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         self.crunch = Some(context.connect(HostPort::new("127.0.0.1", 5051)));
///     }
///
///     fn square(&mut self, Square { x }: Square) -> Later<Result<Output, Faulted>> {
///         let crunch = self.crunch.as_ref().expect("it has started");
///         crunch.ask::<Output>(Multiply { x, y: x }).into()
///     }
/// }
/// ```
///
/// # Calls
///
/// Each call has a connection of its own while it lasts, unless messages are
/// [sent ahead](Self::with_calls_ahead). Connections are used again, and there are 64 at most
/// unless [`with_connections`](Self::with_connections) says otherwise; 1024 more calls may wait
/// for one, and the next is answered at once by a fault with status 503. How long an answer may
/// take is said by [`Ask::within`]. An [`Ask`] that is dropped gives its call up and closes its
/// connection; the server may have done what it was asked all the same.
///
/// A request that met a connection which the server had just closed is sent once more if it
/// has not left, or if its method only reads. Otherwise that is a fault with status 502, as is
/// any answer that makes no sense.
///
/// # Connections
///
/// When the last clone is dropped, or the object that has connected completes, the connections
/// are closed after the calls in progress. Connections are not encrypted: `https` is for a proxy
/// that runs beside the program.
pub struct Remote {
    connections: Rc<Connections>,
}

impl Remote {
    pub(crate) fn connect<O: Object>(owner: &Rc<Mailbox<O>>, server: HostPort) -> Self {
        let creator = owner.identity();
        let owner: Rc<dyn Owner> = Rc::<Mailbox<O>>::clone(owner);
        Self {
            connections: Connections::begin(&owner, creator, server),
        }
    }

    /// Allows so many connections at once, one at the least.
    #[must_use]
    pub fn with_connections(self, limit: usize) -> Self {
        self.connections.allow(limit);
        self
    }

    /// Allows messages to be sent ahead of the answers to others: those that are asked within
    /// two milliseconds, up to 64 of them, share one connection, and so the writes and reads that
    /// a busy server spends most of its time on.
    ///
    /// The server answers them in their order, so each waits for those before it. That is for
    /// servers that answer at once. It is not for one that takes long over some messages, and
    /// never where the answer to one message waits until another is handled. One that is given
    /// up is handled all the same, and those behind it still wait for it.
    ///
    /// ```no_run
    /// # use ansar::prelude::*;
    /// # fn connect<O: Object>(context: &mut Context<O>) -> Remote {
    /// context.connect(HostPort::new("127.0.0.1", 5051)).with_calls_ahead()
    /// # }
    /// ```
    #[must_use]
    pub fn with_calls_ahead(self) -> Self {
        self.connections.allow_ahead();
        self
    }

    /// The number that the record shows the remote with.
    pub fn id(&self) -> ObjectId {
        ObjectId::of(self.connections.identity())
    }

    /// Asks another server of the framework, which is to reply with an `R`. When it replies with
    /// a fault, that is the fault, with the status that it came with.
    pub fn ask<R: Message>(&self, message: impl Message) -> Ask<R> {
        let question = Question::of_message(&message);
        match self.send_ahead(&question) {
            Some(outcome) => self.answer_ahead(question, outcome),
            None => self.call(question, Self::message),
        }
    }

    async fn message<R: Message>(call: Call) -> Result<R, Faulted> {
        let (answer, condition) = call.whole().await?;
        answer.message(&condition)
    }

    /// Sends a message ahead of the answers to others, when that is possible.
    fn send_ahead(&self, question: &Question) -> Option<oneshot::Receiver<Outcome>> {
        let request = question.request.as_ref().ok()?;
        let body = request.body().whole()?;
        let host = self.connections.host();
        let _entered = self.connections.enter();
        self.connections
            .send_ahead(|output| request::write(request, body, host, output))
    }

    /// The answer to a message that was sent ahead.
    fn answer_ahead<R: Message>(
        &self,
        question: Question,
        outcome: oneshot::Receiver<Outcome>,
    ) -> Ask<R> {
        let connections = Rc::clone(&self.connections);
        let (asker, remote) = (record::current(), connections.identity());
        let name = question.name.clone();
        record::write(Tag::Sent, asker, format_args!("Sent {name} to {remote}"));
        Ask::new(name, async move {
            let outcome = outcome
                .await
                .expect("a pipeline tells all who wait when it ends");
            let answer = message_ahead(connections, question, outcome).await;
            record_answer(remote, asker, &answer);
            answer
        })
    }

    /// Reads from any server that speaks JSON, by GET.
    ///
    /// For this and the following: a status of 400 or more is a fault with that status, and an
    /// answer without a body counts as `null`, for which `()` or an `Option` will do.
    pub fn get<T: DeserializeOwned + 'static>(&self, target: &str) -> Ask<T> {
        self.call_json(Question::plain(Method::GET, target))
    }

    /// Sends a value to any server that speaks JSON, by POST.
    pub fn post<T: DeserializeOwned + 'static>(
        &self,
        target: &str,
        body: &impl Serialize,
    ) -> Ask<T> {
        self.call_json(Question::of_json(Method::POST, target, body))
    }

    /// Sends a value to any server that speaks JSON, by PUT.
    pub fn put<T: DeserializeOwned + 'static>(
        &self,
        target: &str,
        body: &impl Serialize,
    ) -> Ask<T> {
        self.call_json(Question::of_json(Method::PUT, target, body))
    }

    /// Has any server that speaks JSON remove something, by DELETE.
    pub fn delete<T: DeserializeOwned + 'static>(&self, target: &str) -> Ask<T> {
        self.call_json(Question::plain(Method::DELETE, target))
    }

    /// Sends a request as it is, and gives the response as it is, whatever its status.
    ///
    /// The body of the response is read as it comes: the connection is in use until it is
    /// complete or dropped, and the next piece may take 30 seconds.
    pub fn request(&self, request: HttpRequest) -> Ask<HttpResponse> {
        self.call(Question::raw(request), Call::streamed)
    }

    fn call_json<T: DeserializeOwned + 'static>(&self, question: Question) -> Ask<T> {
        self.call(question, |call| async {
            let (answer, condition) = call.whole().await?;
            answer.json(&condition)
        })
    }

    /// Begins a call, and gives its answer to whoever asks.
    fn call<T: 'static, A>(&self, question: Question, answer: impl FnOnce(Call) -> A) -> Ask<T>
    where
        A: Future<Output = Result<T, Faulted>> + 'static,
    {
        let Question { name, request } = question;
        let (asker, remote) = (record::current(), self.connections.identity());
        record::write(Tag::Sent, asker, format_args!("Sent {name} to {remote}"));
        let _entered = self.connections.enter();
        let begun = request.and_then(|request| Ok((self.connections.place(&name)?, request)));
        let (place, request) = match begun {
            Ok(begun) => begun,
            Err(fault) => {
                record_fault(remote, asker, &fault);
                return Ask::new(name, std::future::ready(Err(fault)));
            }
        };
        let call = Call {
            connections: Rc::clone(&self.connections),
            place,
            request,
            name: name.clone(),
        };
        let (sender, receiver) = oneshot::channel();
        // On its own, so that it goes on and frees its connection whether or not, and in whatever
        // order, answers are awaited.
        spawn_local(see_to(remote, asker, name.clone(), answer(call), sender));
        Ask::new(name.clone(), async move {
            receiver.await.unwrap_or_else(|_| {
                let condition = format!("cannot get an answer to {name}");
                Err(Faulted::failed(condition, "decoding it panicked"))
            })
        })
    }
}

/// The message in the answer to one that was sent ahead. If that cannot have been handled, or
/// only reads, it is sent once more.
async fn message_ahead<R: Message>(
    connections: Rc<Connections>,
    question: Question,
    outcome: Outcome,
) -> Result<R, Faulted> {
    let only_reads = |question: &Question| {
        let request = question.request.as_ref();
        request.is_ok_and(|request| request.method().is_safe())
    };
    match outcome {
        Ok(response) => {
            let condition = Condition::new(question.name, connections);
            Answer::from(response).message(&condition)
        }
        Err(Lost::Unanswered(reason)) if !only_reads(&question) => {
            Err(Condition::new(question.name, connections).broken(reason))
        }
        Err(Lost::Unanswered(_) | Lost::Unhandled) => {
            Remote::message(Call::again(connections, question)?).await
        }
    }
}

/// Waits for an answer for as long as somebody wants it.
async fn see_to<T>(
    remote: Identity,
    asker: Identity,
    name: Cow<'static, str>,
    answer: impl Future<Output = Result<T, Faulted>>,
    mut sender: oneshot::Sender<Result<T, Faulted>>,
) {
    tokio::select! {
        biased;
        () = sender.closed() => {
            record::write(Tag::Warning, remote, format_args!("Gave up {name} from {asker}"));
        }
        answer = answer => {
            record_answer(remote, asker, &answer);
            // Whoever asked may have gone meanwhile.
            let _ = sender.send(answer);
        }
    }
}

fn record_answer<T>(remote: Identity, asker: Identity, answer: &Result<T, Faulted>) {
    match answer {
        Ok(_) => record::write(
            Tag::Sent,
            remote,
            format_args!("Sent {} to {asker}", record::short_name::<T>()),
        ),
        Err(fault) => record_fault(remote, asker, fault),
    }
}

fn record_fault(remote: Identity, asker: Identity, fault: &Faulted) {
    record::write(
        Tag::Sent,
        remote,
        format_args!("Sent Faulted to {asker}, {fault}"),
    );
}

impl Clone for Remote {
    fn clone(&self) -> Self {
        Self {
            connections: Rc::clone(&self.connections),
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requested = self.connections.requested();
        write!(formatter, "Remote({}, \"{requested}\")", self.id())
    }
}
