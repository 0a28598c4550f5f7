//! A connection over which calls are sent ahead, without waiting for the answers before them.
//!
//! A server that is busy makes many calls between two looks at its sockets. With a connection
//! for each, every call costs a write and a read on both sides; sent ahead over one, those of
//! a moment share them. The answers come in the order of the calls, so one that takes long
//! holds up those behind it: a call is sent ahead only while the oldest that waits has not
//! waited long, and has a connection of its own otherwise. The author has to allow it: a call
//! whose answer waits for what is behind it would never be answered.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::rc::Rc;

use ansar_http::{Responses, WholeResponse};
use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep};

use super::limits;
use crate::system_error::explain;

/// The answer to one call, or why there is none.
pub(super) type Outcome = Result<WholeResponse, Lost>;

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// It has not left, or the server has said before that it handles nothing more.
    Unhandled,
    /// The server may have handled it; how the connection has ended.
    Unanswered(String),
}

/// Where calls are sent ahead.
#[derive(Default)]
pub(super) struct Pipeline {
    /// Requests that have not been written.
    output: RefCell<BytesMut>,
    /// How many of those that wait, from the back, they are.
    unwritten: Cell<usize>,
    has_output: Notify,
    waiting: RefCell<VecDeque<Waiting>>,
    is_closed: Cell<bool>,
    /// Answers so far, by which it is seen whether there are any.
    answered: Cell<u64>,
}

/// A call that has been sent.
struct Waiting {
    since: Instant,
    answer: oneshot::Sender<Outcome>,
}

impl Pipeline {
    /// Whether a call may be sent ahead now.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let waiting = self.waiting.borrow();
        let is_quick = |oldest: &Waiting| now - oldest.since < limits::AHEAD_TIME;
        !self.is_closed.get()
            && waiting.len() < limits::AHEAD
            && waiting.front().is_none_or(is_quick)
    }

    /// Sends a call behind those that wait; what it writes is the whole request.
    pub(super) fn send(
        &self,
        now: Instant,
        write: impl FnOnce(&mut BytesMut),
    ) -> oneshot::Receiver<Outcome> {
        let (answer, answered) = oneshot::channel();
        self.waiting
            .borrow_mut()
            .push_back(Waiting { since: now, answer });
        write(&mut self.output.borrow_mut());
        self.unwritten.set(self.unwritten.get() + 1);
        self.has_output.notify_one();
        answered
    }

    /// Does what is sent until the connection ends, and says how it has ended. Dropped, it
    /// ends the connection, and whoever waits is told.
    pub(super) async fn serve(self: Rc<Self>, mut stream: TcpStream) -> String {
        let _ending = Ending(&self);
        let (mut reader, mut writer) = stream.split();
        let reason = tokio::select! {
            reason = self.write(&mut writer) => reason,
            reason = self.read(&mut reader) => reason,
            reason = self.idle() => reason,
        };
        self.end(&reason);
        reason
    }

    async fn write(&self, writer: &mut WriteHalf<'_>) -> String {
        loop {
            self.has_output.notified().await;
            // All that has been sent since the last time goes out at once.
            let output = self.output.borrow_mut().split();
            self.unwritten.set(0);
            if let Err(error) = writer.write_all(&output).await {
                return broken(&error);
            }
        }
    }

    async fn read(&self, reader: &mut ReadHalf<'_>) -> String {
        let mut responses = Responses::new(limits::HEAD_BYTES, limits::ANSWER_BYTES);
        let mut input = BytesMut::new();
        loop {
            input.reserve(limits::READ_BYTES);
            match reader.read_buf(&mut input).await {
                Ok(0) => return "by the other side".to_owned(),
                Ok(_) => {}
                Err(error) => return broken(&error),
            }
            loop {
                match responses.next(&mut input) {
                    Ok(None) => break,
                    Ok(Some(response)) => {
                        if let Err(reason) = self.answer(response) {
                            return reason;
                        }
                    }
                    Err(error) => return format!("by this side ({error})"),
                }
            }
        }
    }

    /// Gives an answer to the call that has waited longest.
    fn answer(&self, response: WholeResponse) -> Result<(), String> {
        // What has not left has no answer, whatever comes.
        let is_due = self.waiting.borrow().len() > self.unwritten.get();
        let next = is_due.then(|| self.waiting.borrow_mut().pop_front());
        let Some(call) = next.flatten() else {
            return Err("by this side (an answer came to nothing)".to_owned());
        };
        self.answered.set(self.answered.get() + 1);
        let is_last = !response.keeps_alive;
        // Whoever has called may no longer wait.
        let _ = call.answer.send(Ok(response));
        if is_last {
            // A server that says so handles nothing that comes behind it.
            self.lose(usize::MAX, &Lost::Unhandled);
            return Err("by the other side".to_owned());
        }
        Ok(())
    }

    /// Waits until there has been no answer for long, and nobody waits for one: how long an
    /// answer may take is up to whoever has called.
    async fn idle(&self) -> String {
        loop {
            let before = self.answered.get();
            // Between once and twice this time has passed since the last answer.
            sleep(limits::IDLE_TIME / 2).await;
            if self.answered.get() == before && !self.is_awaited() {
                return "by this side".to_owned();
            }
        }
    }

    fn is_awaited(&self) -> bool {
        let waiting = self.waiting.borrow();
        waiting.iter().any(|call| !call.answer.is_closed())
    }

    /// Tells all who wait that there will be no answer.
    fn end(&self, reason: &str) {
        self.is_closed.set(true);
        let waiting = self.waiting.borrow().len();
        let reason = format!("the connection was closed {reason}");
        self.lose(
            waiting.saturating_sub(self.unwritten.get()),
            &Lost::Unanswered(reason),
        );
        self.lose(usize::MAX, &Lost::Unhandled);
    }

    /// Tells so many of those that have waited longest what has become of their calls.
    fn lose(&self, calls: usize, lost: &Lost) {
        self.is_closed.set(true);
        let mut waiting = self.waiting.borrow_mut();
        let calls = calls.min(waiting.len());
        for call in waiting.drain(..calls) {
            // Whoever has called may no longer wait.
            let _ = call.answer.send(Err(lost.clone()));
        }
    }
}

/// Ends a pipeline when what serves it ends, in whatever way.
struct Ending<'a>(&'a Pipeline);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end("by this side");
    }
}

fn broken(error: &io::Error) -> String {
    format!("by the other side ({})", explain(error))
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pipeline")
            .field("waiting", &self.waiting.borrow().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use tokio::net::TcpListener;
    use tokio::runtime::{Builder, LocalOptions};
    use tokio::task::{JoinHandle, spawn_local};

    use super::*;

    /// A pipeline, and a server by hand at the other end of it.
    struct Scene {
        pipeline: Rc<Pipeline>,
        server: TcpStream,
        serving: JoinHandle<String>,
    }

    impl Scene {
        async fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let connecting = TcpStream::connect(listener.local_addr().unwrap());
            let (client, server) = tokio::join!(connecting, listener.accept());
            let pipeline = Rc::new(Pipeline::default());
            let serving = spawn_local(Rc::clone(&pipeline).serve(client.unwrap()));
            let server = server.unwrap().0;
            Self {
                pipeline,
                server,
                serving,
            }
        }

        fn send(&self, request: &str) -> oneshot::Receiver<Outcome> {
            let write = |output: &mut BytesMut| output.extend_from_slice(request.as_bytes());
            self.pipeline.send(now(), write)
        }

        async fn receive(&mut self, length: usize) -> String {
            let mut received = vec![0; length];
            self.server.read_exact(&mut received).await.unwrap();
            String::from_utf8(received).unwrap()
        }

        async fn answer(&mut self, answer: &str) {
            self.server.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    fn now() -> Instant {
        Instant::now()
    }

    fn run<F: Future>(test: F) -> F::Output {
        Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default())
            .unwrap()
            .block_on(test)
    }

    fn response(body: &str) -> String {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    #[test]
    fn answers_go_to_the_calls_in_their_order() {
        run(async {
            let mut scene = Scene::new().await;
            let calls = ["a", "b", "c"].map(|request| scene.send(request));
            assert_eq!(scene.receive(3).await, "abc");
            let answers = ["1", "22", "333"].map(response).concat();
            scene.answer(&answers).await;
            for (call, body) in calls.into_iter().zip(["1", "22", "333"]) {
                let response = call.await.unwrap().unwrap();
                assert_eq!(
                    (response.status, &*response.body),
                    (StatusCode::OK, body.as_bytes())
                );
            }
            assert!(scene.pipeline.has_room(now()));
        });
    }

    #[test]
    fn nothing_is_sent_behind_a_call_that_takes_long_or_behind_too_many() {
        run(async {
            let scene = Scene::new().await;
            assert!(scene.pipeline.has_room(now()));
            let _calls: Vec<_> = (0..limits::AHEAD).map(|_| scene.send("a")).collect();
            assert!(!scene.pipeline.has_room(now()));
            let scene = Scene::new().await;
            let (sent, _call) = (now(), scene.send("a"));
            assert!(scene.pipeline.has_room(sent));
            assert!(
                !scene
                    .pipeline
                    .has_room(sent + limits::AHEAD_TIME + limits::AHEAD_TIME)
            );
        });
    }

    #[test]
    fn when_the_connection_is_lost_every_call_that_waits_is_told() {
        run(async {
            let mut scene = Scene::new().await;
            let calls = ["a", "b"].map(|request| scene.send(request));
            assert_eq!(scene.receive(2).await, "ab");
            scene.answer(&response("1")).await;
            drop(scene.server);
            assert_eq!(scene.serving.await.unwrap(), "by the other side");
            let [first, second] = calls;
            assert_eq!(first.await.unwrap().unwrap().body, "1");
            let reason = "the connection was closed by the other side".to_owned();
            assert_eq!(second.await.unwrap(), Err(Lost::Unanswered(reason)));
            assert!(!scene.pipeline.has_room(now()));
        });
    }

    #[test]
    fn an_answer_that_makes_no_sense_or_that_nobody_waits_for_ends_the_connection() {
        run(async {
            let mut scene = Scene::new().await;
            let call = scene.send("a");
            scene.answer("SSH-2.0\r\n\r\n").await;
            let reason = "the connection was closed by this side (what came is no HTTP response)";
            let lost = Lost::Unanswered(reason.to_owned());
            assert_eq!(call.await.unwrap(), Err(lost));
            let mut scene = Scene::new().await;
            scene.answer(&response("1")).await;
            let reason = scene.serving.await.unwrap();
            assert_eq!(reason, "by this side (an answer came to nothing)");
        });
    }

    #[test]
    fn what_is_behind_the_last_answer_of_a_server_has_not_been_handled() {
        run(async {
            let mut scene = Scene::new().await;
            let calls = ["a", "b"].map(|request| scene.send(request));
            assert_eq!(scene.receive(2).await, "ab");
            let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            scene.answer(last).await;
            let [first, second] = calls;
            assert!(first.await.unwrap().is_ok());
            assert_eq!(second.await.unwrap(), Err(Lost::Unhandled));
        });
    }

    #[test]
    fn what_has_not_left_when_the_connection_ends_has_not_been_handled() {
        run(async {
            let mut scene = Scene::new().await;
            let first = scene.send("a");
            assert_eq!(scene.receive(1).await, "a");
            let second = scene.send("b");
            scene.serving.abort();
            let reason = "the connection was closed by this side".to_owned();
            assert_eq!(first.await.unwrap(), Err(Lost::Unanswered(reason)));
            assert_eq!(second.await.unwrap(), Err(Lost::Unhandled));
            assert!(!scene.pipeline.has_room(now()));
        });
    }

    #[test]
    fn a_call_may_take_longer_than_a_connection_is_idle_and_one_that_is_given_up_may_not() {
        run(async {
            let mut scene = Scene::new().await;
            let call = scene.send("a");
            assert_eq!(scene.receive(1).await, "a");
            tokio::time::pause();
            tokio::time::advance(3 * limits::IDLE_TIME).await;
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            assert!(!scene.serving.is_finished());
            drop(call);
            assert_eq!(scene.serving.await.unwrap(), "by this side");
        });
    }
}
