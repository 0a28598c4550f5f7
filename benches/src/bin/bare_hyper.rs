//! The peer of the crunch server: hyper on one thread, the same query in and the
//! same JSON out, and nothing else: no limits, no record, no faults, no settings.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::spawn_local;

#[derive(Serialize)]
struct Output {
    value: f64,
}

#[derive(Serialize)]
struct Reply {
    value: (&'static str, Output, [(); 0]),
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (mut x, mut y) = (0.0, 0.0);
    for (name, value) in
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
    {
        match &*name {
            "x" => x = value.parse().unwrap_or(0.0),
            "y" => y = value.parse().unwrap_or(0.0),
            _ => {}
        }
    }
    let value = if request.uri().path() == "/Multiply" {
        x * y
    } else {
        x / y
    };
    let reply = Reply {
        value: ("crunch_api.Output", Output { value }, []),
    };
    let body = serde_json::to_vec(&reply).unwrap_or_default();
    let mut response = Response::new(Full::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn serve(port: u16) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    if let Some(socket) = std::env::var_os("NOTIFY_SOCKET") {
        std::os::unix::net::UnixDatagram::unbound()?.send_to(b"READY=1", socket)?;
    }
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        spawn_local(
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)),
        );
    }
}

fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(1)
        .and_then(|argument| argument.strip_prefix("--port=")?.parse().ok());
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(serve(port.unwrap_or(0)))
}
