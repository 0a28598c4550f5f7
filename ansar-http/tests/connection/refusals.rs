use ansar_http::End;

use crate::fixture::{converse, get};

/// What is wrong, and the status that answers it.
const CASES: &[(&str, u16)] = &[
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 400),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
        400,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na",
        400,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        400,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
        400,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        501,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
        501,
    ),
    (
        "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n",
        400,
    ),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n",
        417,
    ),
    ("CONNECT here:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    ("GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("GET / HTTP/0.9\r\n\r\n", 505),
    ("GET /\r\n", 400),
    ("\u{16}\u{3}\u{1}", 400),
];

#[tokio::test]
async fn what_is_not_understood_is_refused_in_words_and_closed() {
    for (request, status) in CASES {
        let bytes: Vec<_> = request.as_bytes().chunks(1).collect();
        let requests = get("/first") + request + &get("/smuggled");
        for (answers, end) in [converse(&[&requests]).await, converse(&bytes).await] {
            let refusal = answers.rsplit_once("HTTP/1.1 ").unwrap().1;
            assert!(
                refusal.starts_with(&status.to_string()),
                "{request:?}: {answers}"
            );
            assert!(refusal.contains("Connection: close\r\n"), "{answers}");
            assert!(!refusal.ends_with("\r\n\r\n"), "there are words: {answers}");
            assert!(!answers.contains("smuggled"), "{answers}");
            assert!(matches!(end, End::Refused(_)), "{end:?}");
        }
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_also_before_it_ends() {
    let header = |length| format!("GET / HTTP/1.1\r\nHost: a\r\nLong: {}", "a".repeat(length));
    let target = "a".repeat(256);
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a:\r\n".repeat(100));
    let cases = [
        (get(&format!("/{target}")), 414),
        (format!("GET /{target}"), 414),
        (header(1000) + "\r\n\r\n", 431),
        (header(1000), 431),
        (many, 431),
    ];
    for (request, status) in cases {
        let (answers, _) = converse(&[&request]).await;
        assert!(
            answers.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {answers}"
        );
    }
    let (answers, _) = converse(&[get(&format!("/{}", &target[1..]))]).await;
    assert!(answers.starts_with("HTTP/1.1 200 "), "{answers}");
}

#[tokio::test]
async fn targets_of_every_form_arrive() {
    for request in [
        "GET http://here/a?b HTTP/1.1\r\nHost: here\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n",
    ] {
        let (answers, _) = converse(&[request]).await;
        let words = request.split(" HTTP/").next().unwrap();
        assert!(answers.ends_with(&format!("{words} ")), "{answers}");
    }
}
