//! The nearest peer of the crunch server: hyper, the same query in and the same JSON
//! out, and nothing else: no limits, no record, no faults, no settings. It has one
//! thread, or as many as `--threads` says, each with a listening socket of its own.

use std::convert::Infallible;
use std::{io, net, thread};

use ansar_benches::{Operands, Operation, argument, listen_at, readiness};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::spawn_local;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(operation) = Operation::of_path(request.uri().path()) else {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    };
    let operands = Operands::of_query(request.uri().query().unwrap_or_default());
    let body = serde_json::to_vec(&operation.reply(operands)).unwrap_or_default();
    let mut response = Response::new(Full::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn accept(listener: net::TcpListener) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        spawn_local(
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)),
        );
    }
}

/// Serves on this thread.
fn serve(listener: net::TcpListener) -> io::Result<()> {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?
        .block_on(accept(listener))
}

fn main() -> io::Result<()> {
    let first = listen_at(argument::number("port")?.unwrap_or(0))?;
    let port = first.local_addr()?.port();
    let others = (1..argument::number("threads")?.unwrap_or(1))
        .map(|_| listen_at(port))
        .collect::<io::Result<Vec<_>>>()?;
    readiness::tell()?;
    for listener in others {
        thread::spawn(|| serve(listener));
    }
    serve(first)
}
