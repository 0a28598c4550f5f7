use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;
use tokio::task::yield_now;

use crate::fixture::{
    answer, chunked, converse, get, last, ok, post, read_all, read_until, with_client,
};

#[tokio::test]
async fn a_body_is_handed_over_as_it_arrives() {
    let large = "a".repeat(300_000);
    let in_chunks = chunked("/count") + "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    let (answers, _) = converse(&[post("/count", &large) + &in_chunks + &get("/next")]).await;
    assert_eq!(
        answers,
        ok("300000 bytes") + &ok("4 bytes") + &ok("GET /next ")
    );
}

#[tokio::test]
async fn a_body_that_is_broken_fails_the_reader_and_ends_the_connection() {
    let half = post("/count", "abc").replace("Length: 3", "Length: 4");
    for request in [half, chunked("/count") + "3\r\nabcd\r\n0\r\n\r\n"] {
        let (answers, end) = converse(&[&request]).await;
        assert!(answers.starts_with("HTTP/1.1 422 "), "{answers}");
        assert!(answers.contains("Connection: close"), "{answers}");
        assert!(matches!(end, End::Refused(_)), "{end:?}");
    }
}

#[tokio::test]
async fn a_short_rest_that_nobody_reads_is_discarded() {
    for path in ["/drop", "/drop-later"] {
        let (answers, end) = converse(&[post(path, "abc") + &get("/next")]).await;
        assert_eq!(answers, ok("dropped") + &ok("GET /next "));
        assert!(matches!(end, End::ByClient), "{end:?}");
    }
}

#[tokio::test]
async fn a_long_rest_that_nobody_reads_ends_the_connection() {
    let long = post("/drop", &"a".repeat(100_000));
    let long_later = post("/drop-later", &"a".repeat(100_000));
    let unknown = chunked("/drop") + "1\r\na\r\n0\r\n\r\n";
    for request in [long, long_later, unknown] {
        let (answers, end) = converse(&[request + &get("/next")]).await;
        assert_eq!(answers, last("dropped"));
        assert!(matches!(end, End::BodyUnread), "{end:?}");
    }
}

#[tokio::test]
async fn an_unwanted_body_ends_the_connection() {
    let (answers, end) = converse(&[post("/unwanted", "abc") + &get("/next")]).await;
    assert_eq!(answers, answer("403 Forbidden", "close", "unwanted"));
    assert!(matches!(end, End::BodyUnread), "{end:?}");
}

#[tokio::test]
async fn a_response_may_be_made_of_the_body_while_it_arrives() {
    let ((), end) = with_client(100, Stop::new(), async |mut client| {
        client
            .write_all(post("/relay", "").replace(": 0", ": 6").as_bytes())
            .await
            .unwrap();
        client.write_all(b"abc").await.unwrap();
        read_until(&mut client, "\r\n\r\n3\r\nabc").await;
        client.write_all(b"def").await.unwrap();
        read_until(&mut client, "\r\n3\r\ndef\r\n0\r\n\r\n").await;
        client.write_all(get("/next").as_bytes()).await.unwrap();
        read_until(&mut client, "GET /next ").await;
    })
    .await;
    assert!(matches!(end, End::ByClient), "{end:?}");
}

/// The service takes nothing, so no more is read than a buffer and a piece.
#[tokio::test(start_paused = true)]
async fn a_client_is_held_up_by_a_service_that_does_not_read() {
    let ((sent, answers), end) = with_client(1000, Stop::new(), async |mut client| {
        let head = post("/stuck", "").replace(": 0", ": 1000000");
        client.write_all(head.as_bytes()).await.unwrap();
        let mut sent = 0;
        let piece = [b'a'; 1000];
        while let Ok(Ok(())) =
            tokio::time::timeout(std::time::Duration::from_secs(1), client.write_all(&piece)).await
        {
            sent += piece.len();
        }
        yield_now().await;
        (sent, read_until(&mut client, "30s").await)
    })
    .await;
    assert!(sent < 40_000, "{sent}");
    let reason = "the answer is not ready: it took longer than 30s";
    assert_eq!(answers, answer("503 Service Unavailable", "close", reason));
    assert!(matches!(end, End::Refused(_)), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_may_take_long_while_it_goes_on() {
    let (answers, _) = with_client(1000, Stop::new(), async |mut client| {
        let head = post("/count", "").replace(": 0", ": 10");
        client.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..10 {
            tokio::time::sleep(std::time::Duration::from_secs(29)).await;
            client.write_all(b"a").await.unwrap();
        }
        client.shutdown().await.unwrap();
        read_all(&mut client).await
    })
    .await;
    assert_eq!(answers, ok("10 bytes"));
}
