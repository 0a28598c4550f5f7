//! Moves the body of a request from a client to a service.

use std::io;
use std::task::{Context, Poll};

use tokio::io::AsyncRead;

use crate::body_reader::{BodyWriter, Room};
use crate::decoder::{Decoded, Decoder};
use crate::input::Input;
use crate::limits::DISCARD_BYTES;
use crate::problem::{Problem, Syntax};

/// A body on its way.
pub(crate) struct Pump {
    decoder: Decoder,
    flow: Flow,
}

/// What the body is doing.
enum Flow {
    /// It is handed over.
    Running(BodyWriter),
    /// Nobody wants the rest, and it is not read before the answer.
    Unread,
    /// All of it was taken from the input.
    Complete,
    /// It cannot be completed.
    Broken(Problem),
}

/// What came of working at it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Some of it was moved, and now it waits.
    Some,
    /// The client is waited for.
    AwaitsClient,
    /// Only the service is waited for, if anybody.
    AwaitsService,
}

impl Pump {
    pub(crate) fn new(decoder: Decoder, writer: BodyWriter) -> Self {
        Self {
            decoder,
            flow: Flow::Running(writer),
        }
    }

    /// Moves what can be moved.
    pub(crate) fn poll<IO: AsyncRead + Unpin>(
        &mut self,
        input: &mut Input,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Moved {
        let mut moved = false;
        loop {
            let waits = match self.step(input, io, cx) {
                Step::Moved => {
                    moved = true;
                    continue;
                }
                Step::Waits(waits) => waits,
            };
            return if moved { Moved::Some } else { waits };
        }
    }

    fn step<IO: AsyncRead + Unpin>(
        &mut self,
        input: &mut Input,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Step {
        let Flow::Running(writer) = &self.flow else {
            return Step::Waits(Moved::AwaitsService);
        };
        match writer.poll_room(cx) {
            Poll::Pending => return Step::Waits(Moved::AwaitsService),
            Poll::Ready(Room::Unread) => {
                self.flow = Flow::Unread;
                return Step::Moved;
            }
            Poll::Ready(Room::Free) => {}
        }
        match self.decoder.decode(input.bytes_mut()) {
            Ok(Decoded::Data(piece)) => writer.give(piece),
            Ok(Decoded::End) => self.end(Ok(())),
            Err(problem) => self.end(Err(problem)),
            Ok(Decoded::More) => match input.poll_read(io, cx) {
                Poll::Pending => return Step::Waits(Moved::AwaitsClient),
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(Ok(0) | Err(_)) => {
                    self.end(Err(Problem::Malformed(Syntax::EndedEarly)));
                }
            },
        }
        Step::Moved
    }

    fn end(&mut self, outcome: Result<(), Problem>) {
        let flow = match &outcome {
            Ok(()) => Flow::Complete,
            Err(problem) => Flow::Broken(problem.clone()),
        };
        if let Flow::Running(writer) = std::mem::replace(&mut self.flow, flow) {
            writer.end(
                outcome.map_err(|problem| io::Error::new(io::ErrorKind::InvalidData, problem)),
            );
        }
    }

    /// Why the connection cannot be kept after an answer that is given now, if so.
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        match (&self.flow, self.decoder.left()) {
            (Flow::Complete, _) | (Flow::Running(_) | Flow::Unread, Some(..=DISCARD_BYTES)) => None,
            (Flow::Running(_) | Flow::Unread, _) => Some(Obstacle::Unread),
            (Flow::Broken(problem), _) => Some(Obstacle::Broken(problem.clone())),
        }
    }

    /// The rest of the body, to be discarded. A reader that is still there fails.
    pub(crate) fn into_rest(self) -> Decoder {
        self.decoder
    }
}

enum Step {
    Moved,
    Waits(Moved),
}

/// Why what the client sends next cannot be told from a body.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// Too much of the body is unread.
    Unread,
    /// The body is broken.
    Broken(Problem),
}
