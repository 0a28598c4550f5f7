//! What a handler may do besides replying.

use std::any::Any;
use std::fmt;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::address::Address;
use crate::api::Api;
use crate::client::Client;
use crate::fault::{Aborted, Fault, Faulted};
use crate::host_port::HostPort;
use crate::http::{Host, Listener, NoListener, Port, Reception};
use crate::later::Later;
use crate::life;
use crate::lifecycle::Accepted;
use crate::mailbox::Mailbox;
use crate::message::{self, Message};
use crate::object::{Handler, Object};
use crate::pool::Pool;
use crate::record;
use crate::remote::Remote;
use crate::reply::IntoReply;
use crate::routes::{Route, Routes};
use crate::timer::Timer;

/// What an object may ask of the framework while it handles a message.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// #[message]
/// struct Tick;
///
/// #[derive(Default)]
/// struct Server {
///     ticks: u64,
/// }
///
/// #[handlers]
/// impl Server {
///     fn start(&mut self, _: Start, context: &mut Context<Self>) {
///         context.every(Duration::from_secs(1), Tick);
///         context.create(Counter::default());
///     }
///
///     fn tick(&mut self, _: Tick, context: &mut Context<Self>) {
///         self.ticks += 1;
///         if self.ticks == 60 {
///             context.complete(Total { value: self.ticks });
///         }
///     }
/// }
/// ```
pub struct Context<O: Object> {
    mailbox: Weak<Mailbox<O>>,
    commands: Vec<Command<O>>,
    client: Client,
}

impl<O: Object> Context<O> {
    pub(crate) fn new(mailbox: Weak<Mailbox<O>>) -> Self {
        Self {
            mailbox,
            commands: Vec::new(),
            client: Client::none(),
        }
    }

    fn mailbox(&self) -> Rc<Mailbox<O>> {
        self.mailbox
            .upgrade()
            .expect("a handler is only called by its mailbox")
    }

    /// The address of this object.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// # struct Hello;
    /// # struct Object;
    /// # #[handlers] impl Object {
    /// #     fn hello(&mut self, _: Hello) {}
    /// fn start(&mut self, _: Start, context: &mut Context<Self>) {
    ///     context.address().send(Hello);
    /// }
    /// # }
    /// ```
    pub fn address(&self) -> Address<O> {
        Address::new(self.mailbox())
    }

    /// Listens for clients at an address, and has this object handle the messages of the
    /// list `A`. It is told by [`Listening`](crate::Listening), or by
    /// [`NotListening`](crate::NotListening) when that is not possible.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// # #[message] struct Square { x: f64 }
    /// # #[message] struct Output { value: f64 }
    /// # struct Server;
    /// # #[handlers] impl Server {
    /// #     fn square(&mut self, Square { x }: Square) -> Output { Output { value: x * x } }
    /// fn start(&mut self, _: Start, context: &mut Context<Self>) {
    ///     context.listen::<(Square,)>(HostPort::new("127.0.0.1", 5051));
    /// }
    /// # }
    /// ```
    pub fn listen<A: Api<O>>(&mut self, address: HostPort) {
        self.listen_with(address, A::routes, |mailbox| {
            Host::Shared(Rc::clone(mailbox))
        });
    }

    /// Listens for clients at an address, and creates an object for each connection, which
    /// handles the messages that arrive over it and is stopped when the connection has ended.
    ///
    /// The guide has [an example](crate#sessions).
    pub fn listen_with_sessions<A: Api<S>, S: Object>(
        &mut self,
        address: HostPort,
        create: impl Fn(&Accepted) -> S + 'static,
    ) {
        self.listen_with(address, A::routes, |mailbox| {
            let owner = Rc::clone(mailbox);
            Host::Sessions(Box::new(move |accepted| {
                life::begin(create(accepted), &owner)
            }))
        });
    }

    /// Connects to a server elsewhere, and keeps connections to it. This object is told by
    /// [`Connected`](crate::Connected), [`NotConnected`](crate::NotConnected) and
    /// [`Closed`](crate::Closed) how that goes; asking need not wait for it.
    ///
    /// [`Remote`] has an example.
    pub fn connect(&mut self, server: HostPort) -> Remote {
        Remote::connect(&self.mailbox(), server)
    }

    fn listen_with<S: Object>(
        &mut self,
        address: HostPort,
        routes: fn() -> Vec<Route<S>>,
        host: impl FnOnce(&Rc<Mailbox<O>>) -> Host<S> + 'static,
    ) {
        self.commands
            .push(Command::Listen(Box::new(move |mailbox, port| {
                Box::pin(async move {
                    let routes = Routes::new(routes()).map_err(NoListener::Declaration)?;
                    let host = host(&mailbox);
                    let reception = Reception::new(mailbox, host, routes);
                    Listener::open(address, port, reception).await
                })
            })));
    }

    /// Ends the object, when what is in progress has been answered and the objects that it
    /// has created have ended. The value is told to the object that has created this one;
    /// of a program it becomes the output, and a fault becomes its diagnostic.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// # #[message] struct Output { value: f64 }
    /// # struct Worker;
    /// # #[handlers] impl Worker {
    /// fn start(&mut self, _: Start, context: &mut Context<Self>) {
    ///     context.complete(Output { value: 1.5 });
    /// }
    /// # }
    /// ```
    pub fn complete<M: Message>(&mut self, value: M) {
        self.commands.push(Command::Complete(Completion::of(value)));
    }

    /// Creates an object, which is started when this handler has returned. When it completes,
    /// this object is told by [`Completed`](crate::Completed).
    ///
    /// [`Address`] has an example.
    pub fn create<C: Object>(&mut self, object: C) -> Address<C> {
        Address::new(life::begin(object, &self.mailbox()))
    }

    /// Creates a pool of workers, with room for so many messages to wait for a free one.
    ///
    /// There is one worker at the least. [`Pool`] has an example.
    pub fn create_pool<W: Object>(
        &mut self,
        workers: usize,
        waiting_limit: usize,
        make: impl Fn() -> W + 'static,
    ) -> Pool<W> {
        Pool::new(&self.mailbox(), workers, waiting_limit, make)
    }

    /// Sends this object a message when a time has passed: never early.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use ansar::prelude::*;
    /// # struct TooLate;
    /// # struct Waiter;
    /// # #[handlers] impl Waiter {
    /// fn start(&mut self, _: Start, context: &mut Context<Self>) {
    ///     context.after(Duration::from_millis(500), TooLate);
    /// }
    ///
    /// fn too_late(&mut self, _: TooLate) {
    ///     warning!("nobody has come");
    /// }
    /// # }
    /// ```
    pub fn after<M: 'static>(&mut self, delay: Duration, message: M) -> Timer
    where
        O: Handler<M>,
    {
        Timer::once(&self.mailbox(), delay, message)
    }

    /// Sends this object a message again and again, a millisecond apart at the least.
    ///
    /// The first comes when one interval has passed. When the thread was held up, ticks that were
    /// missed are made up for by one. [`Context`] has an example.
    pub fn every<M: Clone + 'static>(&mut self, interval: Duration, message: M) -> Timer
    where
        O: Handler<M>,
    {
        Timer::repeating(&self.mailbox(), interval, message)
    }

    /// Does something beside the object, which is sent the outcome as a message. Together
    /// with [`blocking`](crate::blocking) it is the place for work that takes long.
    ///
    /// Work that panics is recorded, and there is no outcome.
    ///
    /// ```
    /// # use ansar::prelude::*;
    /// struct Counted(Result<usize, Faulted>);
    ///
    /// # struct Server;
    /// # #[handlers] impl Server {
    /// fn start(&mut self, _: Start, context: &mut Context<Self>) {
    ///     context.spawn(async { Counted(ansar::blocking(|| (1..1000).sum()).await) });
    /// }
    ///
    /// fn counted(&mut self, Counted(sum): Counted) {
    ///     console!("the sum is {sum:?}");
    /// }
    /// # }
    /// ```
    pub fn spawn<M: 'static>(&mut self, work: impl Future<Output = M> + 'static)
    where
        O: Handler<M>,
    {
        let mailbox = self.mailbox();
        let work = mailbox.in_progress("work", work);
        let target = Weak::clone(&self.mailbox);
        mailbox.run(async move {
            let outcome = work.await;
            if let (Ok(message), Some(mailbox)) = (outcome, target.upgrade()) {
                mailbox.return_to(message);
            }
        });
    }

    /// Keeps a message until the object is in another state, and then has it handled again,
    /// before what came later: what is replied then is the reply to whoever asked.
    ///
    /// When the object completes first, the reply is a fault. When whoever asked has gone by then, or
    /// no longer waits, the message is dropped. As many messages are kept as
    /// may wait for the object; one more is refused with status 503.
    ///
    /// The guide has [an example](crate#timers-and-states).
    pub fn defer<M: 'static, R: IntoReply>(&mut self, message: M) -> Later<R>
    where
        O: Handler<M, Reply = Later<R>>,
    {
        let name = record::short_name::<M>();
        let mailbox = self.mailbox();
        let sender = mailbox.identity();
        let client = self.client();
        let (promise, later) = Later::promise();
        let kept = mailbox.defer(name, move |mailbox| {
            if !promise.is_wanted() {
                return mailbox.record_dropped(sender, name, ", nobody waits for the answer");
            }
            let handled = mailbox.handle(&sender, name, |object, context| {
                context.set_client(client);
                object.handle(message, context)
            });
            promise.keep(handled.unwrap_or_else(Later::refused));
        });
        match kept {
            Ok(()) => Later::fallible(async { later.wait().await?.wait().await }),
            Err(fault) => Later::refused(fault),
        }
    }

    /// Whoever has sent the request that is handled now, for the handler that asks.
    #[doc(hidden)]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    pub(crate) fn set_client(&mut self, client: Client) {
        self.client = client;
    }

    pub(crate) fn take_commands(&mut self) -> Vec<Command<O>> {
        std::mem::take(&mut self.commands)
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }
}

impl<O: Object> fmt::Debug for Context<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("commands", &self.commands)
            .finish_non_exhaustive()
    }
}

/// Opens a listener for an object.
pub(crate) type Listen<O> = Box<dyn FnOnce(Rc<Mailbox<O>>, Port) -> Opening>;

/// A listener that is being opened.
pub(crate) type Opening = LocalBoxFuture<'static, Result<Listener, NoListener>>;

/// What an object asked for that takes its life to do.
pub(crate) enum Command<O: Object> {
    Listen(Listen<O>),
    Complete(Completion),
}

impl<O: Object> fmt::Debug for Command<O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(_) => formatter.write_str("Listen"),
            Self::Complete(completion) => {
                formatter.debug_tuple("Complete").field(completion).finish()
            }
        }
    }
}

/// The end of an object.
#[derive(Debug, Clone)]
pub(crate) enum Completion {
    /// It did what it should: the value, and how people read it.
    Value { text: String, value: Rc<dyn Any> },
    /// It was told to stop.
    Aborted(Fault),
    /// It could not go on.
    Fault(Fault),
}

impl Completion {
    pub(crate) fn of<M: Message>(value: M) -> Self {
        match value.fault() {
            None => Self::Value {
                text: message::human(&value),
                value: Rc::new(value),
            },
            Some(fault) if M::NAME == Aborted::NAME => Self::Aborted(fault),
            Some(fault) => Self::Fault(fault),
        }
    }

    /// The part that can leave the thread.
    pub(crate) fn conclusion(self) -> Conclusion {
        match self {
            Self::Value { text, .. } => Conclusion::Value(text),
            Self::Aborted(fault) => Conclusion::Aborted(fault),
            Self::Fault(fault) => Conclusion::Fault(fault),
        }
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Value { .. } => None,
            Self::Aborted(fault) | Self::Fault(fault) => Some(fault),
        }
    }
}

/// The end of an object, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conclusion {
    /// The value that it completed with.
    Value(String),
    /// It was told to stop.
    Aborted(Fault),
    /// It could not go on.
    Fault(Fault),
}

impl Conclusion {
    pub(crate) fn of_fault(fault: &Faulted) -> Self {
        Self::Fault(fault.fault().expect("a Faulted is a fault"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ack;

    #[test]
    fn a_completion_says_whether_something_went_wrong() {
        let completion = Completion::of(Ack {});
        assert!(matches!(completion, Completion::Value { text, .. } if text == "Ack()"));
        assert!(matches!(Completion::of(Aborted {}), Completion::Aborted(_)));
        assert!(matches!(
            Completion::of(Faulted::failed("a", "b")),
            Completion::Fault(_)
        ));
    }
}
