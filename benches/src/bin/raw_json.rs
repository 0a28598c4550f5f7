//! The raw loop with the real work in it: a head that is parsed, a query that is
//! decoded, and a reply as JSON.

use std::io::{self, Write};

use ansar_benches::{Malformed, Operands, Operation, argument, event_loop, listen_at, readiness};
use httparse::{EMPTY_HEADER, Request, Status};

/// Headers of one request: more than the load sends.
const HEADERS: usize = 32;

fn answer(
    input: &[u8],
    body: &mut Vec<u8>,
    output: &mut Vec<u8>,
) -> Result<Option<usize>, Malformed> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut request = Request::new(&mut headers);
    let Status::Complete(length) = request.parse(input).map_err(|_| Malformed)? else {
        return Ok(None);
    };
    let (path, query) = request
        .path
        .and_then(|target| target.split_once('?'))
        .ok_or(Malformed)?;
    let operation = Operation::of_path(path).ok_or(Malformed)?;
    body.clear();
    serde_json::to_writer(&mut *body, &operation.reply(Operands::of_query(query)))
        .map_err(|_| Malformed)?;
    write!(
        output,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .map_err(|_| Malformed)?;
    output.extend_from_slice(body);
    Ok(Some(length))
}

fn main() -> io::Result<()> {
    let listener = listen_at(argument::number("port")?.unwrap_or(0))?;
    readiness::tell()?;
    let mut body = Vec::new();
    let served = event_loop::serve(&listener, |input: &[u8], output: &mut Vec<u8>| {
        answer(input, &mut body, output)
    });
    match served? {}
}
