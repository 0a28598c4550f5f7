//! Collecting the body of a request that did not arrive with its head.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::closing::Closing;
use crate::connection::Connection;
use crate::decoder::{Decoded, Decoder};
use crate::encode::put_continue;
use crate::end::End;
use crate::exchange::Exchange;
use crate::head::{self, Head};
use crate::problem::{Problem, Syntax};
use crate::request::Request;
use crate::service::{Answer, Service};
use crate::timer::Timer;

/// A request whose body is to be collected. Its head has been taken out of the input.
pub(crate) struct Collecting {
    pub(crate) head: Bytes,
    pub(crate) request: Request,
}

/// Why a body did not come.
pub(crate) enum Missing {
    Refused(Problem),
    Failed(io::Error),
}

impl<IO, S> Connection<'_, IO, S>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    S: Service,
{
    /// Collects the body of a request, and answers it.
    pub(crate) async fn collect(&mut self, collecting: Collecting) -> Result<(), Closing> {
        let Collecting { head, request } = collecting;
        if request.expects_continue && self.input.is_empty() {
            put_continue(&mut self.output);
        }
        self.flush().await?;
        let mut timer = Timer::new(self.limits.request_time);
        let mut decoder = Decoder::new(request.framing, self.limits);
        let mut body = Vec::new();
        let limit = self.limits.body_bytes;
        let mut append = |data: Bytes| {
            body.extend_from_slice(&data);
            if body.len() > limit {
                return Err(Problem::BodyTooLarge { limit });
            }
            Ok(())
        };
        let arrived = poll_fn(|cx| self.poll_body(&mut decoder, &mut append, &mut timer, cx)).await;
        let exchange = match arrived {
            Ok(()) => {
                let answer = self.answer_collected(&head, &body);
                Exchange::timed(request.terms, answer, timer)
            }
            Err(Missing::Refused(problem)) => self.refuse(problem, request.terms),
            Err(Missing::Failed(error)) => return Err(Closing::break_off(End::Failed(error))),
        };
        self.conclude(exchange).await
    }

    fn answer_collected(&self, head: &[u8], body: &[u8]) -> Answer {
        let mut storage = head::storage();
        let head = Head::parse(head, &mut storage, self.limits)
            .ok()
            .flatten()
            .expect("these bytes were a whole head before");
        self.service.answer(&head, body)
    }

    /// Takes all of a body, within the time.
    pub(crate) fn poll_body(
        &mut self,
        decoder: &mut Decoder,
        take: &mut impl FnMut(Bytes) -> Result<(), Problem>,
        timer: &mut Timer,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Missing>> {
        loop {
            let body = decoder.decode(self.input.bytes_mut());
            match body.map_err(Missing::Refused)? {
                Decoded::Data(data) => take(data).map_err(Missing::Refused)?,
                Decoded::End => return Poll::Ready(Ok(())),
                Decoded::More => match self.input.poll_read(&mut self.io, cx) {
                    Poll::Ready(Ok(1..)) => {}
                    Poll::Ready(Ok(0)) => {
                        let problem = Problem::Malformed(Syntax::EndedEarly);
                        return Poll::Ready(Err(Missing::Refused(problem)));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(Missing::Failed(error))),
                    Poll::Pending => {
                        ready!(timer.poll_over(cx));
                        let limit = self.limits.request_time;
                        let problem = Problem::BodyTooSlow { limit };
                        return Poll::Ready(Err(Missing::Refused(problem)));
                    }
                },
            }
        }
    }
}
