//! Answers `/Multiply?x=1.5&y=2.25` on one thread, to be measured beside `raw.rs`:
//! `cargo run --release -p ansar-http --example canned 5051`, then
//! `wrk -t1 -c64 'http://127.0.0.1:5051/Multiply?x=1.5&y=2.25'`.

use std::io;
use std::rc::Rc;

use ansar_http::{Answer, BodyReader, Head, Limits, Plan, Problem, Response, Service, Stop, serve};
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::spawn_local;

/// Knows one answer.
struct Canned;

const ANSWER: &[u8] = br#"{"value": ["crunch_api.Output", {"value": 3.375}, []]}"#;

fn respond(status: StatusCode, body: impl Into<Bytes>) -> Response {
    Response::new(
        status,
        HeaderValue::from_static("application/json"),
        body.into(),
    )
}

impl Service for Canned {
    fn plan(&self, _head: &Head<'_>) -> Plan {
        Plan::Whole
    }

    fn answer(&self, head: &Head<'_>, _body: &[u8]) -> Answer {
        Answer::Now(match (head.path(), head.query()) {
            ("/Multiply", Some("x=1.5&y=2.25")) => respond(StatusCode::OK, ANSWER),
            _ => respond(StatusCode::NOT_FOUND, "{}"),
        })
    }

    fn answer_streaming(&self, head: &Head<'_>, _body: BodyReader) -> Answer {
        self.answer(head, &[])
    }

    fn refuse(&self, problem: &Problem) -> Response {
        let words = format!("{:?}", format!("{}: {problem}", problem.condition()));
        respond(problem.status(), words)
    }
}

async fn listen(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let limits = Rc::new(Limits::default());
    let stop = Stop::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (limits, stop) = (Rc::clone(&limits), stop.clone());
        spawn_local(async move { serve(stream, Canned, &limits, stop).await });
    }
}

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?
        .block_on(listen(port.unwrap_or(5051)))
}
