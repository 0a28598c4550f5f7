use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

use crate::fixture::{converse, get, last, post, read_all, read_until, with_client};

#[tokio::test(start_paused = true)]
async fn an_idle_connection_closes_at_once() {
    for requests in [0, 1] {
        let begin = Instant::now();
        let stop = Stop::new();
        let (rest, end) = with_client(1000, stop.clone(), async |mut client| {
            for _ in 0..requests {
                client.write_all(get("/").as_bytes()).await.unwrap();
                read_until(&mut client, "GET / ").await;
            }
            tokio::task::yield_now().await;
            stop.request();
            read_all(&mut client).await
        })
        .await;
        assert_eq!(rest, "");
        assert!(matches!(end, End::Stopped), "{end:?}");
        assert_eq!(begin.elapsed().as_secs(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_in_progress_is_answered_and_the_last() {
    // What is sent before the server stops, what is sent after it, and the answer.
    let slow = get("/slow");
    let body = post("/a", "abc");
    let stream = post("/count", "abc");
    let cases = [
        (slow.as_str(), "", "GET /slow "),
        (body.split_at(20).0, body.split_at(20).1, "POST /a abc"),
        (body.split_at(body.len() - 1).0, "c", "POST /a abc"),
        (stream.split_at(stream.len() - 1).0, "c", "3 bytes"),
    ];
    for (before, after, expected) in cases {
        let stop = Stop::new();
        let (answers, end) = with_client(1000, stop.clone(), async |mut client| {
            client.write_all(before.as_bytes()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            stop.request();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            client
                .write_all((after.to_owned() + &get("/next")).as_bytes())
                .await
                .unwrap();
            read_all(&mut client).await
        })
        .await;
        assert_eq!(answers, last(expected));
        assert!(matches!(end, End::Stopped), "{end:?}");
    }
}

#[tokio::test]
async fn a_connection_that_comes_too_late_is_closed() {
    let stop = Stop::new();
    stop.request();
    let ((), end) = with_client(1000, stop, async |mut client| {
        assert_eq!(read_all(&mut client).await, "");
    })
    .await;
    assert!(matches!(end, End::Stopped), "{end:?}");
}

#[tokio::test]
async fn without_the_signal_nothing_stops() {
    let (_, end) = converse(&[get("/")]).await;
    assert!(matches!(end, End::ByClient), "{end:?}");
}
