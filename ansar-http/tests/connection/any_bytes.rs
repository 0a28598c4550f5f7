//! Whatever bytes come, and however they are split, the answers are the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tokio::runtime::Builder;
use tokio::time::Instant;

use crate::fixture::converse;

/// What requests are made of, and what they are spoilt with.
const FRAGMENTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: here\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /count HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /drop HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "POST /count HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\nb: c\r\n\r\n",
    "POST /unwanted HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\nab",
    "HEAD /pieces HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET /later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET /pieces HTTP/1.1\r\nHost: here\r\n\r\n",
    "PUT /a HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET ",
    "/",
    " HTTP/1.1",
    "\r\n",
    "\n",
    "\r",
    " ",
    ":",
    "\0",
    "\r\n\r\n",
    "Host: here\r\n",
    "Content-Length: 1\r\n",
    "Content-Length: x\r\n",
    "Transfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
];

fn requests() -> impl Strategy<Value = Vec<u8>> {
    let fragments =
        vec(select(FRAGMENTS), 1..6).prop_map(|fragments| fragments.concat().into_bytes());
    let mutations = vec((any::<Index>(), any::<u8>()), 0..3);
    (fragments, mutations).prop_map(|(mut bytes, mutations)| {
        for (index, byte) in mutations {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

/// What a client sees when it sends these pieces. The server must not wait for anything.
fn outcome(pieces: &[&[u8]]) -> (String, String) {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let begin = Instant::now();
        let (answers, end) = converse(pieces).await;
        assert!(begin.elapsed().is_zero(), "it hung");
        // Whether a client has to be told depends on what it has sent.
        let answers = answers.replace("HTTP/1.1 100 Continue\r\n\r\n", "");
        (answers, format!("{end:?}"))
    })
}

fn split<'a>(mut bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (piece, rest) = bytes.split_at(bytes.len().min(*length));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

proptest! {
    #[test]
    fn any_bytes_are_answered_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        outcome(&[&bytes]);
    }

    #[test]
    fn how_requests_are_split_does_not_matter(
        bytes in requests(),
        lengths in vec(1_usize..40, 1..8),
    ) {
        prop_assert_eq!(outcome(&split(&bytes, &lengths)), outcome(&[&bytes]));
        prop_assert_eq!(outcome(&split(&bytes, &[1])), outcome(&[&bytes]));
    }
}
