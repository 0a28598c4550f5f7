//! A request and its response, when something of them has to be waited for.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::closing::Closing;
use crate::collecting::Missing;
use crate::connection::Connection;
use crate::encode::{Terms, encode, put_continue};
use crate::end::End;
use crate::problem::Problem;
use crate::pump::{Moved, Obstacle, Pump};
use crate::request::Request;
use crate::response::Response;
use crate::service::{Answer, Service};
use crate::source::{Piece, Source};
use crate::timer::Timer;

/// A request with the answer to it, or the promise of one.
pub(crate) struct Exchange {
    terms: Terms,
    answer: Answer,
    /// The body, when it is still arriving.
    pump: Option<Pump>,
    /// Whether the client waits to be told to send the body.
    expects_continue: bool,
    /// What is left of the time for the request, when some is gone.
    timer: Option<Timer>,
    /// Why the connection closes after it, when that is known.
    end: Option<End>,
}

impl Exchange {
    pub(crate) fn new(terms: Terms, answer: Answer) -> Self {
        Self {
            terms,
            answer,
            pump: None,
            expects_continue: false,
            timer: None,
            end: None,
        }
    }

    pub(crate) fn streaming(request: Request, answer: Answer, pump: Pump) -> Self {
        // A client that was not told to continue may send the body, or the next request.
        let is_unread = request.expects_continue && matches!(answer, Answer::Now(_));
        Self {
            pump: Some(pump),
            expects_continue: request.expects_continue,
            end: is_unread.then_some(End::BodyUnread),
            ..Self::new(request.terms, answer)
        }
    }

    /// An answer to a request of which some time is gone.
    pub(crate) fn timed(terms: Terms, answer: Answer, timer: Timer) -> Self {
        Self {
            timer: Some(timer),
            ..Self::new(terms, answer)
        }
    }

    /// The connection closes after this response.
    pub(crate) fn last(terms: Terms, response: Response, end: End) -> Self {
        Self {
            end: Some(end),
            ..Self::new(terms, Answer::Now(response))
        }
    }
}

impl<IO, S> Connection<'_, IO, S>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    S: Service,
{
    /// Refuses a request that was not understood, or whose end is in doubt.
    pub(crate) fn refuse(&self, problem: Problem, terms: Terms) -> Exchange {
        let response = self.refusal(&problem);
        Exchange::last(terms, response, End::Refused(problem))
    }

    fn refusal(&self, problem: &Problem) -> Response {
        Response {
            status: problem.status(),
            ..self.service.refuse(problem)
        }
    }

    /// Waits for the answer if need be, and sends it.
    pub(crate) async fn conclude(&mut self, exchange: Exchange) -> Result<(), Closing> {
        let Exchange {
            terms,
            answer,
            mut pump,
            expects_continue,
            timer,
            mut end,
        } = exchange;
        let response = match answer {
            Answer::Now(response) => response,
            Answer::Later(answer) => {
                if expects_continue && self.input.is_empty() {
                    put_continue(&mut self.output);
                }
                self.flush().await?;
                let timer = timer.unwrap_or_else(|| Timer::new(self.limits.request_time));
                let waited = self.wait_for(answer, pump.as_mut(), timer).await;
                waited.unwrap_or_else(|problem| {
                    pump = None;
                    let response = self.refusal(&problem);
                    end = Some(End::Refused(problem));
                    response
                })
            }
        };
        let end = end.or_else(|| match pump.as_ref().and_then(Pump::obstacle) {
            Some(obstacle) => Some(obstacle.into()),
            None => self.reason_to_close(terms),
        });
        let encoded = encode(response, terms.closing_if(end.is_some()), &mut self.output);
        if let Some(source) = encoded.source {
            self.send(source, pump.as_mut()).await?;
        }
        match end {
            Some(end) => Err(Closing::linger(end)),
            None if !encoded.keep_alive => Err(Closing::linger(End::Answered)),
            None => self.settle(pump).await,
        }
    }

    /// Waits for an answer, while the body it may depend on goes on arriving.
    async fn wait_for(
        &mut self,
        mut answer: Pin<Box<dyn Future<Output = Response>>>,
        mut pump: Option<&mut Pump>,
        mut timer: Timer,
    ) -> Result<Response, Problem> {
        let limit = self.limits.request_time;
        poll_fn(|cx| {
            let moved = match pump.as_deref_mut() {
                Some(pump) => pump.poll(&mut self.input, &mut self.io, cx),
                None => Moved::AwaitsService,
            };
            if moved == Moved::Some {
                timer.restart();
            }
            if let Poll::Ready(response) = answer.as_mut().poll(cx) {
                return Poll::Ready(Ok(response));
            }
            ready!(timer.poll_over(cx));
            Poll::Ready(Err(match moved {
                Moved::AwaitsClient => Problem::BodyTooSlow { limit },
                Moved::AwaitsService | Moved::Some => Problem::AnswerTooSlow { limit },
            }))
        })
        .await
    }

    /// Sends a body that comes in pieces, while the body that it may be made of arrives.
    async fn send(
        &mut self,
        mut source: Source,
        mut pump: Option<&mut Pump>,
    ) -> Result<(), Closing> {
        let limit = self.limits.request_time;
        let mut timer = None;
        let break_off = |error| Err(Closing::break_off(End::ResponseFailed(error)));
        poll_fn(|cx| {
            loop {
                if let Some(pump) = pump.as_deref_mut() {
                    pump.poll(&mut self.input, &mut self.io, cx);
                }
                ready!(self.poll_flush(cx))?;
                match source.poll_piece(&mut self.output, cx) {
                    Poll::Ready(Ok(Piece::Written)) => timer = None,
                    Poll::Ready(Ok(Piece::Last)) => return Poll::Ready(Ok(())),
                    Poll::Ready(Err(error)) => return Poll::Ready(break_off(error)),
                    Poll::Pending => {
                        let timer = timer.get_or_insert_with(|| Timer::new(limit));
                        ready!(timer.poll_over(cx));
                        return Poll::Ready(break_off(io::ErrorKind::TimedOut.into()));
                    }
                }
            }
        })
        .await
    }

    /// Discards what is left of a body after its answer, so that the next request can be read.
    async fn settle(&mut self, pump: Option<Pump>) -> Result<(), Closing> {
        let Some(pump) = pump else {
            return Ok(());
        };
        if let Some(obstacle) = pump.obstacle() {
            return Err(Closing::linger(obstacle.into()));
        }
        let mut rest = pump.into_rest();
        if rest.left() == Some(0) {
            return Ok(());
        }
        self.flush().await?;
        let mut timer = Timer::new(self.limits.request_time);
        let discarded =
            poll_fn(|cx| self.poll_body(&mut rest, &mut |_| Ok(()), &mut timer, cx)).await;
        discarded.map_err(|missing| match missing {
            Missing::Refused(_) => Closing::linger(End::BodyUnread),
            Missing::Failed(error) => Closing::break_off(End::Failed(error)),
        })
    }
}

impl From<Obstacle> for End {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Unread => Self::BodyUnread,
            Obstacle::Broken(problem) => Self::Refused(problem),
        }
    }
}
