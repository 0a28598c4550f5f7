use std::time::Duration;

use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};

use crate::fixture::{answer, get, ok, post, read_all, read_until, with_client};

/// Sends something, and then waits for what becomes of it: the answers, the end, and how many
/// seconds it took.
async fn wait_after(request: &str) -> (String, End, u64) {
    let begin = Instant::now();
    let (answers, end) = with_client(10_000, Stop::new(), async |mut client| {
        client.write_all(request.as_bytes()).await.unwrap();
        read_all(&mut client).await
    })
    .await;
    (answers, end, begin.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_left_silently() {
    let (answers, end, seconds) = wait_after("").await;
    assert_eq!((answers.as_str(), seconds), ("", 60));
    assert!(matches!(end, End::Idle), "{end:?}");
    let (_, end, seconds) = wait_after("\r\n").await;
    assert!(matches!(end, End::Idle), "{end:?}");
    assert_eq!(seconds, 60);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_arrive_in_time_is_refused() {
    let cases = [
        ("GET / HT".to_owned(), "headers", 60),
        (post("/a", "").replace(": 0", ": 1"), "body", 30),
        (post("/count", "").replace(": 0", ": 1"), "body", 30),
    ];
    for (request, part, limit) in cases {
        let (answers, end, seconds) = wait_after(&request).await;
        let reason = format!("the request {part} did not arrive: it took longer than {limit}s");
        assert_eq!(answers, answer("408 Request Timeout", "close", &reason));
        assert!(matches!(end, End::Refused(_)), "{end:?}");
        assert_eq!(seconds, limit);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_in_time_is_given_up() {
    let reason = "the answer is not ready: it took longer than 30s";
    for request in [get("/never"), post("/never", "abc")] {
        let (answers, end, seconds) = wait_after(&request).await;
        assert_eq!(answers, answer("503 Service Unavailable", "close", reason));
        assert!(matches!(end, End::Refused(_)), "{end:?}");
        assert_eq!(seconds, 30);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_drop_by_drop_has_no_more_time() {
    let begin = Instant::now();
    let ((), end) = with_client(10_000, Stop::new(), async |mut client| {
        for byte in get("/").as_bytes().chunks(1).cycle() {
            if client.write_all(byte).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(7)).await;
        }
    })
    .await;
    assert!(matches!(end, End::Refused(_)), "{end:?}");
    assert!(begin.elapsed() < Duration::from_secs(77));
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_requests_is_not_idle() {
    let (answered, end) = with_client(10_000, Stop::new(), async |mut client| {
        let mut answered = Instant::now();
        for _ in 0..10 {
            sleep(Duration::from_secs(50)).await;
            client.write_all(get("/").as_bytes()).await.unwrap();
            read_until(&mut client, "GET / ").await;
            answered = Instant::now();
        }
        read_all(&mut client).await;
        answered
    })
    .await;
    assert!(matches!(end, End::Idle), "{end:?}");
    let idle = answered.elapsed();
    let limit = Duration::from_mins(1);
    assert!(idle >= limit && idle <= 2 * limit, "{idle:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stays_after_the_last_answer_is_not_waited_for_long() {
    let (is_open, end) = with_client(10_000, Stop::new(), async |mut client| {
        client.write_all(b"bad\r\n\r\n").await.unwrap();
        let mut is_open = Vec::new();
        for _ in 0..2 {
            sleep(Duration::from_millis(1500)).await;
            is_open.push(client.write_all(b"more").await.is_ok());
        }
        is_open
    })
    .await;
    assert_eq!(is_open, [true, false]);
    assert!(matches!(end, End::Refused(_)), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn each_head_has_all_of_the_time() {
    let (answers, _) = with_client(10_000, Stop::new(), async |mut client| {
        for half in [0, 1, 0, 1] {
            sleep(Duration::from_secs(50)).await;
            let request = get("/");
            let halves: [&str; 2] = request.split_at(20).into();
            client.write_all(halves[half].as_bytes()).await.unwrap();
        }
        client.shutdown().await.unwrap();
        read_all(&mut client).await
    })
    .await;
    assert_eq!(answers, ok("GET / ").repeat(2));
}
