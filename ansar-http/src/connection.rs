//! One connection: a loop of reading, answering what is all there, and writing.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::closing::Closing;
use crate::collecting::Collecting;
use crate::encode::{Terms, encode};
use crate::end::End;
use crate::exchange::Exchange;
use crate::head::{self, Head};
use crate::idle::{Idle, Leave};
use crate::input::Input;
use crate::limits::Limits;
use crate::output::{NotWritten, Output};
use crate::problem::{Problem, Syntax};
use crate::request::{Begun, Request};
use crate::response::{Body, Response};
use crate::service::{Answer, Service};
use crate::stop::Stop;
use crate::timer::Timer;

/// Serves one connection until it ends. Dropping the future breaks the connection off.
pub async fn serve<IO, S>(io: IO, service: S, limits: &Limits, stop: Stop) -> End
where
    IO: AsyncRead + AsyncWrite + Unpin,
    S: Service,
{
    let mut connection = Connection {
        io,
        service,
        limits,
        input: Input::default(),
        output: Output::default(),
        idle: Idle::new(stop, limits.head_time),
        head_timer: None,
        requests: 0,
    };
    loop {
        if let Err(closing) = connection.advance().await {
            return Box::pin(connection.close(closing)).await;
        }
    }
}

/// A connection and what it knows. It holds buffers only while there is something in them.
pub(crate) struct Connection<'l, IO, S> {
    pub(crate) io: IO,
    pub(crate) service: S,
    pub(crate) limits: &'l Limits,
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) idle: Idle,
    /// Runs while half a head is there.
    head_timer: Option<Timer>,
    /// How many there have been, to know whether the connection was idle.
    requests: u64,
}

/// What is to be done when nothing more can be answered at once.
enum Turn {
    /// Write what is there, and wait for more.
    Read,
    /// Write what is there, since there is much of it.
    Write,
    /// Collect the body of a request.
    Collect(Box<Collecting>),
    /// Wait for an answer, or for the pieces of it or of the request.
    Conclude(Box<Exchange>),
    /// Close.
    Close(Closing),
}

impl<IO, S> Connection<'_, IO, S>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    S: Service,
{
    async fn advance(&mut self) -> Result<(), Closing> {
        // What waits for long is in a box, so that an idle connection is small.
        match self.turn() {
            Turn::Read => match poll_fn(|cx| self.poll_input(cx)).await? {
                Waited::Arrived => Ok(()),
                Waited::TooLong(problem) => {
                    let exchange = self.refuse(problem, Terms::LAST);
                    Box::pin(self.conclude(exchange)).await
                }
            },
            Turn::Write => self.flush().await,
            Turn::Collect(collecting) => Box::pin(self.collect(*collecting)).await,
            Turn::Conclude(exchange) => Box::pin(self.conclude(*exchange)).await,
            Turn::Close(closing) => Err(closing),
        }
    }

    /// Answers the requests that are all there, until something has to be waited for.
    fn turn(&mut self) -> Turn {
        while !self.output.is_full() {
            self.input.skip_empty_lines();
            if self.input.is_empty() && self.input.has_ended() {
                return Turn::Close(Closing::finish(End::ByClient));
            }
            if !self.input.may_hold_head(self.limits.head_bytes) {
                return Turn::Read;
            }
            let problem = match self.begin() {
                Ok(Some((request, begun))) => match self.proceed(request, begun) {
                    Some(turn) => return turn,
                    None => continue,
                },
                Ok(None) if self.input.has_ended() => Problem::Malformed(Syntax::EndedEarly),
                Ok(None) => {
                    self.input.mark_examined();
                    return Turn::Read;
                }
                Err(problem) => problem,
            };
            return Turn::Conclude(Box::new(self.refuse(problem, Terms::LAST)));
        }
        Turn::Write
    }

    /// Begins the request that the input begins with, when its head is there.
    #[inline]
    fn begin(&self) -> Result<Option<(Request, Begun)>, Problem> {
        let mut storage = head::storage();
        let bytes = self.input.bytes();
        let head = Head::parse(bytes, &mut storage, self.limits)?;
        Ok(head.map(|head| {
            let behind = &bytes[head.length_bytes()..];
            let begun = Begun::new(&self.service, &head, behind, self.limits);
            (Request::of(&head), begun)
        }))
    }

    /// Goes on with a request. Nothing is left to do when it has been answered, and the
    /// connection is kept.
    #[inline]
    fn proceed(&mut self, request: Request, begun: Begun) -> Option<Turn> {
        self.requests += 1;
        self.head_timer = None;
        let Request { terms, .. } = request;
        let exchange = match begun {
            Begun::Answered {
                answer: Answer::Now(response),
                body_bytes,
            } => {
                self.input.consume(request.head_bytes + body_bytes);
                return self.respond(response, terms);
            }
            Begun::Answered { answer, body_bytes } => {
                self.input.consume(request.head_bytes + body_bytes);
                Exchange::new(terms, answer)
            }
            Begun::Collect => {
                let head = self.input.take(request.head_bytes);
                return Some(Turn::Collect(Box::new(Collecting { head, request })));
            }
            Begun::Streaming(answer, pump) => {
                self.input.consume(request.head_bytes);
                Exchange::streaming(request, answer, *pump)
            }
            Begun::Unwanted(response) => Exchange::last(terms, response, End::BodyUnread),
            Begun::Refused(problem) => self.refuse(problem, terms),
        };
        Some(Turn::Conclude(Box::new(exchange)))
    }

    /// Answers a request that was all there.
    #[inline]
    fn respond(&mut self, response: Response, terms: Terms) -> Option<Turn> {
        if let Body::Stream { .. } = response.body {
            let exchange = Exchange::new(terms, Answer::Now(response));
            return Some(Turn::Conclude(Box::new(exchange)));
        }
        let end = self.reason_to_close(terms);
        let terms = terms.closing_if(end.is_some());
        encode(response, terms, &mut self.output);
        end.map(|end| Turn::Close(Closing::linger(end)))
    }

    /// Why the connection is not kept after an answer, if so.
    pub(crate) fn reason_to_close(&self, terms: Terms) -> Option<End> {
        if self.idle.is_stopped() {
            Some(End::Stopped)
        } else if terms.keep_alive {
            None
        } else {
            Some(End::Answered)
        }
    }

    /// Waits for more of a request, or for the next one.
    #[inline]
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Result<Waited, Closing>> {
        ready!(self.poll_flush(cx))?;
        match self.input.poll_read(&mut self.io, cx) {
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(Waited::Arrived)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(Closing::break_off(End::Failed(error)))),
            Poll::Pending if self.input.is_empty() => self.poll_idle(cx).map(Err),
            Poll::Pending => {
                let limit = self.limits.head_time;
                let timer = self.head_timer.get_or_insert_with(|| Timer::new(limit));
                ready!(timer.poll_over(cx));
                Poll::Ready(Ok(Waited::TooLong(Problem::HeadTooSlow { limit })))
            }
        }
    }

    #[inline]
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<Closing> {
        self.input.rest();
        self.output.rest();
        self.idle
            .poll_leave(self.requests, cx)
            .map(|leave| match leave {
                Leave::TooLong => Closing::finish(End::Idle),
                Leave::Stopped => Closing::finish(End::Stopped),
            })
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin, S> Connection<'_, IO, S> {
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closing>> {
        let flushed = ready!(
            self.output
                .poll_flush(&mut self.io, self.limits.write_time, cx)
        );
        Poll::Ready(flushed.map_err(|failure| {
            Closing::break_off(match failure {
                NotWritten::InTime => End::NotRead,
                NotWritten::Failed(error) => End::Failed(error),
            })
        }))
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Closing> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }
}

/// What came of waiting for input.
enum Waited {
    /// There is some, or the client has ended.
    Arrived,
    /// Half a head is there, and the rest did not come.
    TooLong(Problem),
}
