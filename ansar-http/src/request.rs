//! How a request begins: decided while its head is at hand.

use crate::body_reader;
use crate::decoder::Decoder;
use crate::encode::Terms;
use crate::framing::Framing;
use crate::head::Head;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::pump::Pump;
use crate::response::Response;
use crate::service::{Answer, Plan, Service};

/// What is left to know of a request when its head is out of reach.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) terms: Terms,
    pub(crate) framing: Framing,
    pub(crate) expects_continue: bool,
    /// The length of the head.
    pub(crate) head_bytes: usize,
}

impl Request {
    #[inline]
    pub(crate) fn of(head: &Head<'_>) -> Self {
        Self {
            terms: Terms::of(head),
            framing: head.framing(),
            expects_continue: head.expects_continue(),
            head_bytes: head.length_bytes(),
        }
    }
}

/// How a request began.
pub(crate) enum Begun {
    /// Its body was all there.
    Answered {
        answer: Answer,
        /// The length of the body.
        body_bytes: usize,
    },
    /// Its body is to be collected.
    Collect,
    /// Its body is on its way to the service.
    Streaming(Answer, Box<Pump>),
    /// The service does not want the body.
    Unwanted(Response),
    /// The body is refused.
    Refused(Problem),
}

impl Begun {
    /// Begins a request. `behind` is what has arrived behind the head.
    #[inline]
    pub(crate) fn new(
        service: &impl Service,
        head: &Head<'_>,
        behind: &[u8],
        limits: &Limits,
    ) -> Self {
        if head.framing() == Framing::None {
            let answer = service.answer(head, &[]);
            return Self::Answered {
                answer,
                body_bytes: 0,
            };
        }
        match service.plan(head) {
            Plan::Whole => Self::whole(service, head, behind, limits),
            Plan::Stream => {
                let (writer, reader) = body_reader::channel();
                let pump = Pump::new(Decoder::new(head.framing(), limits), writer);
                Self::Streaming(service.answer_streaming(head, reader), Box::new(pump))
            }
            Plan::Refuse(response) => Self::Unwanted(response),
        }
    }

    fn whole(service: &impl Service, head: &Head<'_>, behind: &[u8], limits: &Limits) -> Self {
        let Framing::Length(length) = head.framing() else {
            return Self::Collect;
        };
        let limit = limits.body_bytes;
        let body_bytes = match usize::try_from(length) {
            Ok(length) if length <= limit => length,
            _ => return Self::Refused(Problem::BodyTooLarge { limit }),
        };
        match behind.get(..body_bytes) {
            Some(body) => Self::Answered {
                answer: service.answer(head, body),
                body_bytes,
            },
            None => Self::Collect,
        }
    }
}
