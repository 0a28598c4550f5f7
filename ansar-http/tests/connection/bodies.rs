use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;

use crate::fixture::{answer, chunked, converse, get, ok, post, read_until, with_client};

#[tokio::test]
async fn a_body_is_collected_however_it_is_framed() {
    let in_chunks = chunked("/a") + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
    let requests = [in_chunks, post("/b", "fgh"), get("/c")].concat();
    let expected = [ok("POST /a abcde"), ok("POST /b fgh"), ok("GET /c ")].concat();
    let bytes: Vec<_> = requests.as_bytes().chunks(1).collect();
    assert_eq!(converse(&[&requests]).await.0, expected);
    assert_eq!(converse(&bytes).await.0, expected);
}

#[tokio::test]
async fn a_body_larger_than_the_read_buffer_is_collected() {
    let body = "a".repeat(100_000);
    let (answers, _) = converse(&[post("/a", &body) + &get("/b")]).await;
    assert_eq!(answers, ok(&format!("POST /a {body}")) + &ok("GET /b "));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let expected = answer(
        "413 Payload Too Large",
        "close",
        "the request body is too large: 100000 bytes is the limit",
    );
    let by_length = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100001\r\n\r\n".to_owned();
    let by_chunks = chunked("/") + "186a1\r\n" + &"a".repeat(100_001);
    for request in [by_length, by_chunks] {
        let (answers, end) = converse(&[request]).await;
        assert_eq!(answers, expected);
        assert!(matches!(end, End::Refused(_)), "{end:?}");
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let expected = answer(
        "400 Bad Request",
        "close",
        "malformed request: the request ended before it was complete",
    );
    let half = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nabc".to_owned();
    for request in [half, chunked("/") + "5\r\nabc", "GET / HT".to_owned()] {
        assert_eq!(converse(&[request]).await.0, expected);
    }
}

const EXPECTING: &str =
    "POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n";

#[tokio::test]
async fn a_client_is_told_to_continue_when_the_body_will_be_read() {
    for path in ["/a", "/count"] {
        let (answers, _) = with_client(1 << 16, Stop::new(), async |mut client| {
            let head = EXPECTING.replace("/a", path);
            client.write_all(head.as_bytes()).await.unwrap();
            let told = read_until(&mut client, "\r\n\r\n").await;
            client.write_all(b"abc").await.unwrap();
            client.shutdown().await.unwrap();
            told + &crate::fixture::read_all(&mut client).await
        })
        .await;
        let body = if path == "/a" {
            "POST /a abc"
        } else {
            "3 bytes"
        };
        assert_eq!(
            answers,
            "HTTP/1.1 100 Continue\r\n\r\n".to_owned() + &ok(body)
        );
    }
}

#[tokio::test]
async fn a_client_is_not_told_to_continue_in_vain() {
    let here_already = EXPECTING.to_owned() + "abc";
    assert_eq!(converse(&[here_already]).await.0, ok("POST /a abc"));

    let here_in_part = EXPECTING.to_owned() + "a";
    let pieces = [here_in_part.as_str(), "bc"];
    assert_eq!(converse(&pieces).await.0, ok("POST /a abc"));

    let unwanted = EXPECTING.replace("/a", "/unwanted");
    let (answers, end) = converse(&[unwanted]).await;
    assert_eq!(answers, answer("403 Forbidden", "close", "unwanted"));
    assert!(matches!(end, End::BodyUnread), "{end:?}");

    let too_large = EXPECTING.replace(": 3", ": 100001");
    let (answers, _) = converse(&[too_large]).await;
    assert!(answers.starts_with("HTTP/1.1 413 "), "{answers}");

    let dropped = EXPECTING.replace("/a", "/drop");
    let (answers, end) = converse(&[dropped]).await;
    assert_eq!(answers, answer("200 OK", "close", "dropped"));
    assert!(matches!(end, End::BodyUnread), "{end:?}");
}

#[tokio::test]
async fn in_http_1_0_nothing_is_expected() {
    let request = "POST /a HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    let (answers, _) = converse(&[request, "abc"]).await;
    assert_eq!(answers, answer("200 OK", "close", "POST /a abc"));
}

/// On a real socket: closing one with bytes unread resets it, and a client that is still
/// sending then fails before it has seen the answer.
#[tokio::test]
async fn a_client_that_sends_too_much_sees_the_answer_and_no_reset() {
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpSocket;
    // Little is buffered, so that the client is still sending when it is refused.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let limits = crate::fixture::limits();
    let client = async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(8 * 1024).unwrap();
        let mut client = socket.connect(address).await.unwrap();
        let request = post("/", &"a".repeat(900_000));
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        ansar_http::serve(stream, crate::fixture::EveryWay, &limits, Stop::new()).await
    };
    let (answer, end) = tokio::join!(client, server);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(matches!(end, End::Refused(_)), "{end:?}");
}
