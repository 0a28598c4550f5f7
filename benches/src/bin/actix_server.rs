//! The same work in actix, as its users write it: its own defaults, and so a thread for
//! every core.

use std::io;
use std::net::Ipv4Addr;

use actix_web::web::{Json, Query};
use actix_web::{App, HttpServer, get};
use ansar_benches::{Operands, Operation, Reply, argument, readiness};

#[get("/Multiply")]
async fn multiply(operands: Query<Operands>) -> Json<Reply> {
    Json(Operation::Multiply.reply(operands.into_inner()))
}

#[get("/Divide")]
async fn divide(operands: Query<Operands>) -> Json<Reply> {
    Json(Operation::Divide.reply(operands.into_inner()))
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let port = argument::number("port")?.unwrap_or(0);
    let server = HttpServer::new(|| App::new().service(multiply).service(divide))
        .bind((Ipv4Addr::LOCALHOST, port))?;
    readiness::tell()?;
    server.run().await
}
