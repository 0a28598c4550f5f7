//! The same work in axum, as its users write it: its own defaults, and so a thread for
//! every core.

use std::io;
use std::net::Ipv4Addr;

use ansar_benches::{Operands, Operation, Reply, argument, readiness};
use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

async fn multiply(Query(operands): Query<Operands>) -> Json<Reply> {
    Json(Operation::Multiply.reply(operands))
}

async fn divide(Query(operands): Query<Operands>) -> Json<Reply> {
    Json(Operation::Divide.reply(operands))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let port = argument::number("port")?.unwrap_or(0);
    let application = Router::new()
        .route("/Multiply", get(multiply))
        .route("/Divide", get(divide));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    readiness::tell()?;
    axum::serve(listener, application).await
}
