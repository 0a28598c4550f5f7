//! What is data in the body of a request.

use bytes::{Bytes, BytesMut};

use crate::chunked::Chunked;
use crate::framing::Framing;
use crate::limits::Limits;
use crate::problem::Problem;

/// What a decoder made of its input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// Some of the body.
    Data(Bytes),
    /// More input is needed.
    More,
    /// The body has ended. What is left in the input belongs to the next request.
    End,
}

/// Takes a body out of the input.
#[derive(Debug)]
pub(crate) enum Decoder {
    /// So many bytes are to come.
    Length(u64),
    /// It comes in chunks.
    Chunked(Chunked),
}

impl Decoder {
    pub(crate) fn new(framing: Framing, limits: &Limits) -> Self {
        match framing {
            Framing::None => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::new(limits.head_bytes)),
        }
    }

    pub(crate) fn decode(&mut self, input: &mut BytesMut) -> Result<Decoded, Problem> {
        match self {
            Self::Length(0) => Ok(Decoded::End),
            Self::Length(_) if input.is_empty() => Ok(Decoded::More),
            Self::Length(left) => {
                let (data, rest) = take_data(input, *left);
                *left = rest;
                Ok(Decoded::Data(data))
            }
            Self::Chunked(chunked) => chunked.decode(input),
        }
    }

    /// How many bytes are to come, when that is known.
    pub(crate) fn left(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            Self::Chunked(chunked) => chunked.is_complete().then_some(0),
        }
    }
}

/// Takes as much data as is there, and says how much is left to come.
pub(crate) fn take_data(input: &mut BytesMut, left: u64) -> (Bytes, u64) {
    let length = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
    let data = input.split_to(length).freeze();
    let taken = u64::try_from(length).expect("a length fits in 64 bits");
    (data, left - taken)
}
