//! Sends any bytes to a connection, whole and in pieces: neither may panic or hang, and the
//! answers are the same.
#![no_main]

use std::time::Duration;

use ansar_http::{Answer, BodyReader, Head, Limits, Plan, Problem, Response, Service, Stop, serve};
use http::{HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::timeout;

// The first byte of the input is the length of the pieces.
fuzz_target!(|data: &[u8]| {
    if let Some((length, bytes)) = data.split_first() {
        let length = usize::from(*length).max(1);
        assert_eq!(outcome(bytes.chunks(length)), outcome([bytes].into_iter()));
    }
});

/// How long everything may take. Nothing has to be waited for.
const LIMIT: Duration = Duration::from_secs(1);

/// Streams what has an even length of target, and collects the rest.
struct Both;

fn text(words: String) -> Response {
    Response::new(StatusCode::OK, HeaderValue::from_static("text/plain"), words)
}

impl Service for Both {
    fn plan(&self, head: &Head<'_>) -> Plan {
        if head.target().len() % 2 == 0 {
            Plan::Stream
        } else {
            Plan::Whole
        }
    }

    fn answer(&self, head: &Head<'_>, body: &[u8]) -> Answer {
        Answer::Now(text(format!("{head:?} {body:?}")))
    }

    fn answer_streaming(&self, head: &Head<'_>, mut body: BodyReader) -> Answer {
        let words = format!("{head:?}");
        Answer::Later(Box::pin(async move {
            let mut length = 0;
            while let Some(Ok(piece)) = body.next().await {
                length += piece.len();
            }
            text(format!("{words} {length}"))
        }))
    }

    fn refuse(&self, problem: &Problem) -> Response {
        text(problem.to_string())
    }
}

/// The answers to these pieces, and how the connection ended.
fn outcome<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (String, String) {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without sockets needs nothing");
    let (client, server) = duplex(1 << 24);
    let limits = Limits::default();
    let (answers, end) = runtime.block_on(async {
        let both = async { tokio::join!(send(client, pieces), serve(server, Both, &limits, Stop::new())) };
        timeout(LIMIT, both).await.expect("it does not hang")
    });
    (answers, format!("{end:?}"))
}

async fn send<'a>(
    mut client: tokio::io::DuplexStream,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> String {
    for piece in pieces {
        if client.write_all(piece).await.is_err() {
            break;
        }
        yield_now().await;
    }
    // What fails here fails because the connection has ended, which is an outcome.
    let _ = client.shutdown().await;
    let mut answers = Vec::new();
    let _ = client.read_to_end(&mut answers).await;
    String::from_utf8_lossy(&answers)
        .replace("HTTP/1.1 100 Continue\r\n\r\n", "")
        .lines()
        .filter(|line| !line.starts_with("Date: "))
        .collect()
}
