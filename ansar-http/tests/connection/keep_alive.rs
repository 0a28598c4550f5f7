use ansar_http::{End, Stop};
use tokio::io::AsyncWriteExt;

use crate::fixture::{
    EveryWay, answer, converse, get, last, ok, post, read_all, read_until, with_client,
};

#[tokio::test]
async fn every_answer_has_a_date_and_a_server() {
    use tokio::io::AsyncReadExt;
    let (answers, _) = with_client(1 << 16, Stop::new(), async |mut client| {
        client.write_all(get("/").as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        answers
    })
    .await;
    let mut lines = answers.lines();
    assert_eq!(lines.next(), Some("HTTP/1.1 200 OK"));
    assert_eq!(lines.next(), Some("Server: ansar"));
    let date = lines.next().unwrap().strip_prefix("Date: ").unwrap();
    assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
}

#[tokio::test]
async fn a_connection_is_kept_as_the_version_and_the_client_have_it() {
    // What is behind the target, whether a second request is answered, and what the answer says.
    let cases = [
        ("HTTP/1.1\r\nHost: here\r\n\r\n", true, ""),
        (
            "HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
            false,
            "close",
        ),
        (
            "HTTP/1.1\r\nHost: here\r\nConnection: x, CLOSE\r\n\r\n",
            false,
            "close",
        ),
        ("HTTP/1.0\r\n\r\n", false, "close"),
        (
            "HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            true,
            "keep-alive",
        ),
    ];
    for (rest, is_kept, connection) in cases {
        let request = format!("GET / {rest}");
        let (answers, end) = converse(&[request.repeat(2)]).await;
        let expected = answer("200 OK", connection, "GET / ");
        assert_eq!(answers, expected.repeat(1 + usize::from(is_kept)));
        assert_eq!(matches!(end, End::ByClient), is_kept, "{end:?}");
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let requests = [
        get("/a"),
        post("/b", "body"),
        "\r\n".to_owned(),
        get("/later"),
        get("/c"),
        post("/count", "12345"),
        post("/later", "x"),
        "bad\r\n\r\n".to_owned(),
        get("/never"),
    ];
    let reason = "malformed request: the request line is not \"METHOD target HTTP/1.1\"";
    let expected = [
        ok("GET /a "),
        ok("POST /b body"),
        ok("GET /later "),
        ok("GET /c "),
        ok("5 bytes"),
        ok("POST /later x"),
        answer("400 Bad Request", "close", reason),
    ];
    let (answers, end) = converse(&[requests.concat()]).await;
    assert_eq!(answers, expected.concat());
    assert!(matches!(end, End::Refused(_)), "{end:?}");
}

#[tokio::test]
async fn a_request_may_be_split_anywhere() {
    let requests = [
        get("/a?b"),
        post("/c", "body"),
        post("/count", "body"),
        get("/d"),
    ]
    .concat();
    let (whole, _) = converse(&[&requests]).await;
    assert_eq!(whole.matches("200 OK").count(), 4);
    for at in 1..requests.len() {
        let (first, second) = requests.split_at(at);
        assert_eq!(converse(&[first, second]).await.0, whole, "split at {at}");
    }
    let bytes: Vec<_> = requests.as_bytes().chunks(1).collect();
    assert_eq!(converse(&bytes).await.0, whole);
}

#[tokio::test]
async fn pipelined_answers_go_out_together() {
    let (first, _) = with_client(1 << 16, Stop::new(), async |mut client| {
        use tokio::io::AsyncReadExt;
        client
            .write_all(get("/").repeat(20).as_bytes())
            .await
            .unwrap();
        let mut bytes = vec![0; 1 << 16];
        // The client is asked again only when the server waits.
        let length = client.read(&mut bytes).await.unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    })
    .await;
    assert_eq!(first.matches("200 OK").count(), 20);
}

#[tokio::test]
async fn a_client_that_has_ended_still_gets_its_answers() {
    let (answers, end) = converse(&[get("/later") + &get("/a")]).await;
    assert_eq!(answers, ok("GET /later ") + &ok("GET /a "));
    assert!(matches!(end, End::ByClient), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn many_more_pipelined_requests_than_fit_in_a_buffer_are_answered() {
    let (answers, end) = with_client(1000, Stop::new(), async |client| {
        let (mut reading, mut writing) = tokio::io::split(client);
        let sending = async {
            for _ in 0..5_000 {
                writing.write_all(get("/").as_bytes()).await.unwrap();
            }
            writing.shutdown().await.unwrap();
        };
        let receiving = async {
            use tokio::io::AsyncReadExt;
            let mut answers = String::new();
            reading.read_to_string(&mut answers).await.unwrap();
            answers
        };
        tokio::join!(sending, receiving).1
    })
    .await;
    assert_eq!(answers.matches("200 OK").count(), 5_000);
    assert!(matches!(end, End::ByClient), "{end:?}");
}

#[tokio::test]
async fn the_client_closes_after_the_answer_it_asked_to_be_the_last() {
    let request = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    let (answers, end) = with_client(1 << 16, Stop::new(), async |mut client| {
        client.write_all(request.as_bytes()).await.unwrap();
        let answer = read_until(&mut client, "GET / ").await;
        answer + &read_all(&mut client).await
    })
    .await;
    assert_eq!(answers, last("GET / "));
    assert!(matches!(end, End::Answered), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_leaves_a_layer_that_keeps_what_is_written_to_it() {
    use ansar_http::{Limits, serve};
    use tokio::io::{BufStream, duplex};
    let (mut client, server) = duplex(1 << 16);
    let limits = Limits::default();
    let serving = serve(BufStream::new(server), EveryWay, &limits, Stop::new());
    let asking = async move {
        client.write_all(get("/").as_bytes()).await.unwrap();
        // The connection is kept, so nothing but the server's own doing sends the answer.
        read_until(&mut client, "GET / ").await;
    };
    let ((), end) = tokio::join!(asking, serving);
    assert!(matches!(end, End::ByClient), "{end}");
}
