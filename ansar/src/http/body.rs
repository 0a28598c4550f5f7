//! What is sent after the head of a request or a response.

use std::fmt;
use std::fs::File;
use std::future::poll_fn;
use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::stream::{LocalBoxStream, Stream, StreamExt, try_unfold};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, SizeHint};

use crate::blocking::blocking;
use crate::diagnostic;
use crate::fault::Faulted;
use crate::system_error::explain;

/// How much of a file is read at once, in bytes: much more than it costs to change threads,
/// and little for each of many at once.
const FILE_PIECE_BYTES: u64 = 64 * 1024;

/// The body of a request or a response, either way: bytes that are there, or a stream.
///
/// A stream is only asked for its next piece when there is room for it, so a body may be
/// larger than the memory.
///
/// ```
/// # use ansar::prelude::*;
/// # struct Server;
/// # #[handlers] impl Server {
/// fn http_request(&mut self, request: HttpRequest) -> Later<Result<HttpResponse, Faulted>> {
///     Later::new(async move {
///         let mut body = request.into_body();
///         let mut length = 0;
///         while let Some(piece) = body.next().await {
///             let broken = |_| Faulted::rejected("cannot count", "the body broke off");
///             length += piece.map_err(broken)?.len();
///         }
///         Ok(HttpResponse::text(format!("{length} bytes")))
///     })
/// }
/// # }
/// ```
pub struct HttpBody {
    content: Content,
}

enum Content {
    Whole(Bytes),
    Stream {
        /// How many bytes are still to come, if that is known.
        left: Option<u64>,
        pieces: LocalBoxStream<'static, io::Result<Bytes>>,
    },
}

/// Why a body was not collected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Uncollected {
    /// It is longer than was allowed.
    TooLong,
    /// It broke off, and why.
    Broken(String),
}

impl HttpBody {
    /// No bytes.
    pub fn empty() -> Self {
        Bytes::new().into()
    }

    /// Bytes that come one piece after the other, `length` in all if that is known.
    ///
    /// A stream that ends with an error, or is shorter or longer than was said, ends the
    /// connection, so that the other side does not take a part for the whole.
    pub fn stream(
        length: Option<u64>,
        pieces: impl Stream<Item = io::Result<Bytes>> + 'static,
    ) -> Self {
        Self {
            content: Content::Stream {
                left: length,
                pieces: pieces.boxed_local(),
            },
        }
    }

    /// The content of a file, which is read piece by piece as it is sent.
    ///
    /// # Errors
    ///
    /// With status 404 when there is no such file, and 500 when it cannot be read. The name of
    /// the file is told, but not where it is.
    ///
    /// ```
    /// use ansar::prelude::*;
    ///
    /// async fn page() -> Result<HttpResponse, Faulted> {
    ///     let body = HttpBody::file("/srv/pages/index.html").await?;
    ///     HttpResponse::new(200).body(body).header("content-type", "text/html")
    /// }
    /// ```
    pub async fn file(path: impl AsRef<Path>) -> Result<Self, Faulted> {
        let path = path.as_ref().to_owned();
        let name = path.file_name().unwrap_or_default();
        let condition = format!("cannot open {:?}", name.to_string_lossy());
        let opened = blocking(move || {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_file() {
                Ok((file, metadata.len()))
            } else {
                Err(io::Error::new(io::ErrorKind::NotFound, "it is no file"))
            }
        });
        let (file, length) = opened.await?.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Faulted::not_found(condition, explain(&error)),
            _ => Faulted::failed(condition, explain(&error)),
        })?;
        Ok(Self::stream(
            Some(length),
            try_unfold((file, length), read_piece),
        ))
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    ///
    /// That the body broke off: what has come is not all of it.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        poll_fn(|context| self.poll_piece(context)).await
    }

    /// All of it, if it is not longer than `limit` bytes.
    ///
    /// # Errors
    ///
    /// With status 413 when it is longer, and 400 when it breaks off.
    pub async fn collect(self, limit: usize) -> Result<Bytes, Faulted> {
        let condition = "cannot read the body";
        collect(self, limit).await.map_err(|error| match error {
            Uncollected::TooLong => {
                let reason = format!("it is longer than {limit} bytes");
                Faulted::rejected(condition, reason).with_status(413)
            }
            Uncollected::Broken(reason) => Faulted::rejected(condition, reason),
        })
    }

    /// All of it, unless it is a stream.
    pub(crate) fn whole(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes),
            Content::Stream { .. } => None,
        }
    }

    /// The same once more, unless it is a stream, which can be read only once.
    pub(crate) fn again(&self) -> Option<Self> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes.clone().into()),
            Content::Stream { .. } => None,
        }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match &mut self.content {
            Content::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Content::Stream { left, pieces } => {
                let piece = ready!(pieces.as_mut().poll_next(context));
                Poll::Ready(check_length(left, piece))
            }
        }
    }
}

impl From<HttpBody> for ansar_http::Body {
    fn from(body: HttpBody) -> Self {
        match body.content {
            Content::Whole(bytes) => Self::Whole(bytes),
            Content::Stream { left, pieces } => Self::Stream {
                length: left,
                chunks: pieces,
            },
        }
    }
}

/// Holds a stream to its promise.
fn check_length(
    left: &mut Option<u64>,
    piece: Option<io::Result<Bytes>>,
) -> Option<io::Result<Bytes>> {
    let Some(expected) = left else { return piece };
    match piece {
        None if *expected == 0 => None,
        None => {
            let text = format!("the body is {expected} bytes shorter than was said");
            // It is said once.
            *expected = 0;
            Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, text)))
        }
        Some(Ok(bytes)) => match expected.checked_sub(bytes.len() as u64) {
            Some(rest) => {
                *expected = rest;
                Some(Ok(bytes))
            }
            None => Some(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the body is longer than was said",
            ))),
        },
        error @ Some(Err(_)) => error,
    }
}

async fn read_piece((file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let read = blocking(move || {
        let size = left.min(FILE_PIECE_BYTES);
        let mut piece = Vec::new();
        // What the file has grown by since it was opened is not sent.
        (&file).take(size).read_to_end(&mut piece)?;
        Ok::<_, io::Error>((piece, file))
    });
    let (piece, file) = read.await.map_err(io::Error::other)??;
    if piece.is_empty() {
        return Ok(None);
    }
    let left = left - piece.len() as u64;
    Ok(Some((piece.into(), (file, left))))
}

/// Puts the pieces of a body together.
pub(crate) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, Uncollected>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Uncollected::TooLong),
        Err(error) => Err(Uncollected::Broken(diagnostic::chain(error.as_ref()))),
    }
}

impl Body for HttpBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.poll_piece(context));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_empty(),
            Content::Stream { left, .. } => *left == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream { left, .. } => left.map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}

impl Default for HttpBody {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for HttpBody {
    fn from(bytes: Bytes) -> Self {
        Self {
            content: Content::Whole(bytes),
        }
    }
}

impl From<Vec<u8>> for HttpBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for HttpBody {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for HttpBody {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for HttpBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Whole(bytes) => write!(formatter, "HttpBody({} bytes)", bytes.len()),
            Content::Stream { left, .. } => write!(formatter, "HttpBody(stream, {left:?} left)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures_util::stream::iter;

    use super::*;

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn streamed(length: Option<u64>) -> HttpBody {
        let pieces = ["ab", "cde"].map(|text| Ok(Bytes::from_static(text.as_bytes())));
        HttpBody::stream(length, iter(pieces))
    }

    #[test]
    fn a_body_is_read_whole_or_piece_by_piece() {
        assert_eq!(run(HttpBody::from("abc").collect(3)).unwrap(), "abc");
        assert_eq!(run(streamed(Some(5)).collect(5)).unwrap(), "abcde");
        let mut body = streamed(None);
        assert_eq!(run(body.next()).unwrap().unwrap(), "ab");
        assert_eq!(run(body.next()).unwrap().unwrap(), "cde");
        assert!(run(body.next()).is_none());
        assert!(run(HttpBody::empty().next()).is_none());
    }

    #[test]
    fn a_body_that_is_too_long_is_refused() {
        for body in [HttpBody::from("abcde"), streamed(None)] {
            let fault = run(body.collect(4)).unwrap_err();
            assert_eq!(fault.status(), 413);
            assert_eq!(fault.explanation(), "it is longer than 4 bytes");
        }
    }

    #[test]
    fn a_stream_is_held_to_the_length_that_was_said() {
        let fault = run(streamed(Some(7)).collect(100)).unwrap_err();
        assert_eq!(
            fault.explanation(),
            "the body is 2 bytes shorter than was said"
        );
        let fault = run(streamed(Some(4)).collect(100)).unwrap_err();
        assert_eq!(fault.explanation(), "the body is longer than was said");
    }

    #[test]
    fn a_file_is_read_as_it_was_when_it_was_opened() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let content = vec![b'x'; 100_000];
        file.write_all(&content).unwrap();
        let body = run(HttpBody::file(file.path())).unwrap();
        assert_eq!(body.size_hint().exact(), Some(100_000));
        file.write_all(b"more").unwrap();
        assert_eq!(run(body.collect(200_000)).unwrap(), content);
    }

    #[test]
    fn what_is_no_file_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let fault = run(HttpBody::file(folder.path().join("absent.txt"))).unwrap_err();
        assert_eq!(
            (fault.status(), fault.to_string().as_str()),
            (
                404,
                "cannot open \"absent.txt\" ([Errno 2] No such file or directory)"
            )
        );
        let fault = run(HttpBody::file(folder.path())).unwrap_err();
        assert_eq!(
            (fault.status(), fault.explanation()),
            (404, "it is no file")
        );
    }
}
