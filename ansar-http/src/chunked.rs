//! A body in chunks, taken apart byte by byte except for the data.

use bytes::{Buf, BytesMut};

use crate::decoder::Decoded;
use crate::problem::{Problem, Syntax};

/// Where in a chunked body the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the size of a chunk, before its first digit.
    SizeBegin,
    /// In the size of a chunk.
    Size(u64),
    /// Behind the size: extensions, which are ignored.
    Extension(u64),
    /// Before the LF that ends the line of the size.
    SizeEnd(u64),
    /// In the data, with so many bytes to come.
    Data(u64),
    /// Behind the data, before CR.
    DataCr,
    /// Behind the data, before LF.
    DataLf,
    /// At the begin of a trailer, or of the empty line that ends the body.
    TrailerBegin,
    /// In a trailer, which is dropped.
    Trailer,
    /// Before the LF that ends a trailer.
    TrailerEnd,
    /// Before the LF that ends the body.
    BodyEnd,
    /// Behind the body.
    Complete,
}

/// The decoder of a chunked body.
#[derive(Debug)]
pub(crate) struct Chunked {
    place: Place,
    /// What may still stand around the data, in bytes.
    allowance: usize,
    allowance_bytes: usize,
}

impl Chunked {
    /// A body that may have extensions and trailers of so many bytes in all.
    pub(crate) fn new(allowance_bytes: usize) -> Self {
        Self {
            place: Place::SizeBegin,
            allowance: allowance_bytes,
            allowance_bytes,
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.place == Place::Complete
    }

    /// Takes what is there: data as soon as there is some.
    pub(crate) fn decode(&mut self, input: &mut BytesMut) -> Result<Decoded, Problem> {
        loop {
            match self.place {
                Place::Complete => return Ok(Decoded::End),
                _ if input.is_empty() => return Ok(Decoded::More),
                Place::Data(left) => {
                    let (data, left) = crate::decoder::take_data(input, left);
                    self.place = if left == 0 {
                        Place::DataCr
                    } else {
                        Place::Data(left)
                    };
                    return Ok(Decoded::Data(data));
                }
                place => {
                    self.place = self.step(place, input.get_u8())?;
                }
            }
        }
    }

    /// The place behind one byte that is not data.
    fn step(&mut self, place: Place, byte: u8) -> Result<Place, Problem> {
        match (place, byte) {
            (Place::SizeBegin, _) => add_digit(0, byte),
            (Place::Size(size) | Place::Extension(size), b'\r') => Ok(Place::SizeEnd(size)),
            (Place::Size(size), b';' | b' ' | b'\t') => Ok(Place::Extension(size)),
            (Place::Size(size), _) => add_digit(size, byte),
            (Place::Extension(size), _) => self.spend(byte, Place::Extension(size)),
            (Place::SizeEnd(0) | Place::TrailerEnd, b'\n') => Ok(Place::TrailerBegin),
            (Place::SizeEnd(size), b'\n') => Ok(Place::Data(size)),
            (Place::DataCr, b'\r') => Ok(Place::DataLf),
            (Place::DataLf, b'\n') => Ok(Place::SizeBegin),
            (Place::TrailerBegin, b'\r') => Ok(Place::BodyEnd),
            (Place::Trailer, b'\r') => Ok(Place::TrailerEnd),
            (Place::TrailerBegin | Place::Trailer, _) => self.spend(byte, Place::Trailer),
            (Place::BodyEnd, b'\n') => Ok(Place::Complete),
            _ => Err(Problem::Malformed(Syntax::Chunk)),
        }
    }

    /// Passes over a byte that is ignored, while there are not too many.
    fn spend(&mut self, byte: u8, place: Place) -> Result<Place, Problem> {
        if byte != b'\t' && byte.is_ascii_control() {
            return Err(Problem::Malformed(Syntax::Chunk));
        }
        let limit = self.allowance_bytes;
        self.allowance = self
            .allowance
            .checked_sub(1)
            .ok_or(Problem::HeadTooLarge { limit })?;
        Ok(place)
    }
}

fn add_digit(size: u64, byte: u8) -> Result<Place, Problem> {
    let digit = char::from(byte).to_digit(16).map(u64::from);
    digit
        .and_then(|digit| size.checked_mul(16)?.checked_add(digit))
        .map(Place::Size)
        .ok_or(Problem::Malformed(Syntax::Chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data of a body, and what is behind it.
    type Parts = (Vec<u8>, Vec<u8>);

    /// Takes a body apart that comes in pieces of so many bytes, when it is complete.
    fn decode(body: &[u8], piece: usize) -> Result<Option<Parts>, Problem> {
        let mut chunked = Chunked::new(32);
        let mut data = Vec::new();
        let mut input = BytesMut::new();
        for piece in body.chunks(piece) {
            input.extend_from_slice(piece);
            while let Decoded::Data(bytes) = chunked.decode(&mut input)? {
                data.extend_from_slice(&bytes);
            }
        }
        Ok(chunked.is_complete().then(|| (data, input.to_vec())))
    }

    #[test]
    fn data_is_what_is_in_the_chunks_however_they_arrive() {
        let cases: &[(&[u8], &[u8], &[u8])] = &[
            (b"0\r\n\r\n", b"", b""),
            (b"3\r\nabc\r\n0\r\n\r\nGET", b"abc", b"GET"),
            (
                b"1;x=y\r\na\r\n00A \r\n0123456789\r\n0\r\n\r\n",
                b"a0123456789",
                b"",
            ),
            (
                b"1\r\na\r\n0\r\nTrailer: dropped\r\nB: c\r\n\r\n",
                b"a",
                b"",
            ),
        ];
        for (body, data, behind) in cases {
            for piece in 1..=body.len() {
                let parts = (data.to_vec(), behind.to_vec());
                assert_eq!(decode(body, piece), Ok(Some(parts)));
            }
        }
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        let cases: &[&[u8]] = &[
            b"\r\n",
            b"x\r\n",
            b"-1\r\n",
            b"+1\r\n",
            b"0x1\r\n",
            b"1\na\r\n",
            b"1\r\nab\r\n",
            b"1\r\na\n",
            b"1\r\na0\r\n",
            b"1\r\ra",
            b"1;a\nb\r\n",
            b"1;\0\r\n",
            b"0\r\na\nb",
            b"0\r\n\rx",
            b"10000000000000000\r\n",
        ];
        for body in cases {
            for piece in 1..=body.len() {
                let shown = body.escape_ascii();
                assert_eq!(
                    decode(body, piece),
                    Err(Problem::Malformed(Syntax::Chunk)),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn extensions_and_trailers_have_a_limit_in_all() {
        let body = |extension: usize, trailer: usize| {
            let (extension, trailer) = ("e".repeat(extension), "t".repeat(trailer));
            format!("1;{extension}\r\na\r\n0\r\n{trailer}\r\n\r\n")
        };
        assert!(decode(body(16, 16).as_bytes(), 1).unwrap().is_some());
        let too_large = Err(Problem::HeadTooLarge { limit: 32 });
        assert_eq!(decode(body(16, 17).as_bytes(), 1), too_large);
        assert_eq!(decode(body(33, 1).as_bytes(), 64), too_large);
    }
}
