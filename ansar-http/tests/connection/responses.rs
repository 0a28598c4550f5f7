use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;

use crate::fixture::{converse, get, ok, read_until, with_client};

fn head_of(answer: &str) -> &str {
    let end = answer.find("\r\n\r\n").unwrap();
    &answer[..end + 4]
}

#[tokio::test]
async fn head_is_answered_with_the_headers_of_get_and_no_body() {
    for path in ["/", "/large", "/pieces", "/sized", "/empty", "/unchanged"] {
        let (by_get, _) = converse(&[get(path)]).await;
        let requests = get(path).replace("GET", "HEAD") + &get("/next");
        let (by_head, _) = converse(&[requests]).await;
        let by_get = match path {
            // The words of this answer name the method.
            "/" => by_get.replace("Length: 6", "Length: 7"),
            _ => by_get,
        };
        assert_eq!(by_head, head_of(&by_get).to_owned() + &ok("GET /next "));
    }
}

#[tokio::test]
async fn headers_are_written_but_for_those_of_the_connection() {
    let (answers, _) = converse(&[get("/headers")]).await;
    let expected = ok("abc").replace("Content-Length", "Allow: GET\r\nContent-Length");
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn some_statuses_have_no_body_and_no_length() {
    for (path, status) in [
        ("/empty", "204 No Content"),
        ("/unchanged", "304 Not Modified"),
    ] {
        let (answers, _) = converse(&[get(path) + &get("/next")]).await;
        let (answer, next) = answers.split_once("\r\n\r\n").unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answers}"
        );
        assert!(!answer.contains("Content-Length"), "{answers}");
        assert_eq!(next, ok("GET /next "));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_answered_as_an_error() {
    let (answers, _) = converse(&[get("/early")]).await;
    let expected = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn a_large_body_is_written_behind_its_head() {
    let (answers, _) = converse(&[get("/large") + &get("/next")]).await;
    let large = "a".repeat(1_000_000);
    assert!(answers == ok(&large) + &ok("GET /next "));
}

#[tokio::test]
async fn a_body_in_pieces_is_sent_in_chunks_or_with_its_length() {
    let (answers, _) = converse(&[get("/pieces") + &get("/sized") + &get("/next")]).await;
    let expected = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
    assert_eq!(
        answers,
        expected.to_owned() + &ok("onetwo") + &ok("GET /next ")
    );
}

#[tokio::test]
async fn a_body_in_pieces_ends_with_the_connection_in_http_1_0() {
    let request = "GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let (answers, end) = converse(&[request]).await;
    let expected = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nonetwo";
    assert_eq!(answers, expected);
    assert!(matches!(end, End::Answered), "{end:?}");
}

#[tokio::test]
async fn a_body_that_is_not_what_was_promised_breaks_the_connection_off() {
    for path in ["/short", "/long", "/broken"] {
        let (answers, end) = converse(&[get(path) + &get("/next")]).await;
        assert!(!answers.contains("next"), "{answers}");
        assert!(!answers.ends_with("0\r\n\r\n"), "{answers}");
        assert!(matches!(end, End::ResponseFailed(_)), "{path}: {end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_without_a_next_piece_breaks_the_connection_off_in_time() {
    let begin = tokio::time::Instant::now();
    let (_, end) = converse(&[get("/stalled")]).await;
    assert!(matches!(end, End::ResponseFailed(_)), "{end:?}");
    assert_eq!(begin.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_left() {
    use std::time::Duration;
    let (is_open, end) = with_client(1000, Stop::new(), async |mut client| {
        client.write_all(get("/large").as_bytes()).await.unwrap();
        read_until(&mut client, "\r\n\r\n").await;
        let mut is_open = Vec::new();
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_secs(20)).await;
            is_open.push(client.write_all(b"x").await.is_ok());
        }
        is_open
    })
    .await;
    assert_eq!(is_open, [true, false]);
    assert!(matches!(end, End::NotRead), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_gets_all() {
    let (length, end) = with_client(50_000, Stop::new(), async |mut client| {
        use tokio::io::AsyncReadExt;
        client.write_all(get("/large").as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let mut bytes = vec![0; 50_000];
        let mut length = 0;
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(20)).await;
            match client.read(&mut bytes).await.unwrap() {
                0 => return length,
                read => length += read,
            }
        }
    })
    .await;
    assert!(length > 1_000_000);
    assert!(matches!(end, End::ByClient), "{end:?}");
}
