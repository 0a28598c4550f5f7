//! A service that answers in every way there is, and a client that speaks in bytes.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ansar_http::{
    Answer, Body, BodyReader, End, Head, Limits, Plan, Problem, Response, Service, Stop, serve,
};
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, StatusCode, header};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::yield_now;

/// Answers by the path of a request.
#[derive(Debug, Clone)]
pub(crate) struct EveryWay;

pub(crate) fn text(status: u16, body: impl Into<Bytes>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    Response::new(status, HeaderValue::from_static("text/plain"), body)
}

impl Service for EveryWay {
    fn plan(&self, head: &Head<'_>) -> Plan {
        match head.path() {
            "/unwanted" => Plan::Refuse(text(403, "unwanted")),
            "/count" | "/drop" | "/drop-later" | "/relay" | "/stuck" => Plan::Stream,
            _ => Plan::Whole,
        }
    }

    fn answer(&self, head: &Head<'_>, body: &[u8]) -> Answer {
        let words = format!(
            "{} {} {}",
            head.method(),
            head.target(),
            body.escape_ascii()
        );
        match head.path() {
            "/later" => Answer::Later(Box::pin(async move {
                yield_now().await;
                text(200, words)
            })),
            "/slow" => Answer::Later(Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(5)).await;
                text(200, words)
            })),
            "/never" => Answer::Later(Box::pin(pending())),
            "/empty" => Answer::Now(Response::empty(StatusCode::NO_CONTENT)),
            "/unchanged" => Answer::Now(text(304, "unchanged")),
            "/early" => Answer::Now(text(103, "early")),
            "/headers" => Answer::Now(
                text(200, "abc")
                    .with_header(header::ALLOW, HeaderValue::from_static("GET"))
                    .with_header(header::CONTENT_LENGTH, HeaderValue::from_static("9"))
                    .with_header(header::CONNECTION, HeaderValue::from_static("close")),
            ),
            "/large" => Answer::Now(text(200, vec![b'a'; 1_000_000])),
            "/pieces" => Answer::Now(pieces(None, &["one", "", "two"], None)),
            "/sized" => Answer::Now(pieces(Some(6), &["one", "two"], None)),
            "/short" => Answer::Now(pieces(Some(7), &["one", "two"], None)),
            "/long" => Answer::Now(pieces(Some(5), &["one", "two"], None)),
            "/broken" => Answer::Now(pieces(None, &["one"], Some("the disk is gone"))),
            "/stalled" => Answer::Now(stalled()),
            _ => Answer::Now(text(200, words)),
        }
    }

    fn answer_streaming(&self, head: &Head<'_>, mut body: BodyReader) -> Answer {
        match head.path() {
            "/drop" => Answer::Now(text(200, "dropped")),
            "/drop-later" => Answer::Later(Box::pin(async move {
                drop(body);
                yield_now().await;
                text(200, "dropped")
            })),
            "/relay" => Answer::Now(stream(None, Box::pin(body))),
            "/stuck" => Answer::Later(Box::pin(async move {
                let _reader = body;
                pending().await
            })),
            _ => Answer::Later(Box::pin(async move {
                let mut length = 0;
                while let Some(piece) = body.next().await {
                    match piece {
                        Ok(piece) => length += piece.len(),
                        Err(error) => return text(422, error.to_string()),
                    }
                }
                text(200, format!("{length} bytes"))
            })),
        }
    }

    fn refuse(&self, problem: &Problem) -> Response {
        text(200, format!("{}: {problem}", problem.condition()))
    }
}

fn stream(length: Option<u64>, chunks: ansar_http::Chunks) -> Response {
    Response {
        body: Body::Stream { length, chunks },
        ..text(200, "")
    }
}

fn pieces(length: Option<u64>, pieces: &[&'static str], failure: Option<&str>) -> Response {
    let pieces = pieces
        .iter()
        .map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
    let failure = failure.map(|words| Err(io::Error::other(words)));
    let pieces: Vec<_> = pieces.chain(failure).collect();
    stream(length, Box::pin(Pieces(pieces.into_iter())))
}

fn stalled() -> Response {
    struct Stalled;
    impl Stream for Stalled {
        type Item = io::Result<Bytes>;
        fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }
    stream(None, Box::pin(Stalled))
}

struct Pieces(std::vec::IntoIter<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// Small limits, so that they can be met.
pub(crate) fn limits() -> Limits {
    Limits {
        head_bytes: 1024,
        target_bytes: 256,
        body_bytes: 100_000,
        ..Limits::default()
    }
}

/// A connection with room for so many bytes in each direction. The client is a future beside
/// the server's.
pub(crate) async fn with_client<T>(
    room: usize,
    stop: Stop,
    client: impl AsyncFnOnce(DuplexStream) -> T,
) -> (T, End) {
    let limits = limits();
    let (near, far) = duplex(room);
    tokio::join!(client(near), serve(far, EveryWay, &limits, stop))
}

/// Sends pieces, ends, and reads all that comes back.
pub(crate) async fn converse<P: AsRef<[u8]>>(pieces: &[P]) -> (String, End) {
    with_client(1 << 20, Stop::new(), async |mut client| {
        for piece in pieces {
            if client.write_all(piece.as_ref()).await.is_err() {
                break;
            }
            yield_now().await;
        }
        client.shutdown().await.unwrap();
        read_all(&mut client).await
    })
    .await
}

pub(crate) async fn read_all(client: &mut DuplexStream) -> String {
    let mut answers = Vec::new();
    client.read_to_end(&mut answers).await.unwrap();
    without_date(&answers)
}

/// Reads until there is so much of an answer as ends with these words.
pub(crate) async fn read_until(client: &mut DuplexStream, words: &str) -> String {
    let mut answers = Vec::new();
    while !answers.ends_with(words.as_bytes()) {
        let byte = client.read_u8().await;
        let so_far = answers.escape_ascii();
        answers.push(byte.unwrap_or_else(|error| panic!("{error} after {so_far}")));
    }
    without_date(&answers)
}

/// Answers without what is the same in all and what is different each time.
fn without_date(answers: &[u8]) -> String {
    String::from_utf8_lossy(answers)
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("Date: ") && *line != "Server: ansar\r\n")
        .collect()
}

/// An answer that is all there, as [`without_date`] leaves it.
pub(crate) fn answer(status: &str, connection: &str, body: &str) -> String {
    let length = body.len();
    let connection = match connection {
        "" => String::new(),
        option => format!("Connection: {option}\r\n"),
    };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
         {connection}\r\n{body}"
    )
}

pub(crate) fn ok(body: &str) -> String {
    answer("200 OK", "", body)
}

pub(crate) fn last(body: &str) -> String {
    answer("200 OK", "close", body)
}

/// A request without a body.
pub(crate) fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: here\r\n\r\n")
}

/// A request with a body that is sent in one piece.
pub(crate) fn post(target: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// The head of a request with a body in chunks.
pub(crate) fn chunked(target: &str) -> String {
    format!("POST {target} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
}
