//! One request and its answer, over a connection of its own.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::handshake;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Error;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Asks a server for a target (path and query), and gives the body of its answer.
pub(crate) async fn ask(address: SocketAddr, target: &str) -> Result<Bytes, Error> {
    exchange(address, target)
        .await
        .map_err(|problem| Error::Ask {
            url: format!("http://{address}{target}"),
            problem: problem.to_string(),
        })
}

async fn exchange(address: SocketAddr, target: &str) -> Result<Bytes, Problem> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::get(target)
        .header(HOST, address.to_string())
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    connection.abort();
    if status != StatusCode::OK {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(body)
}
