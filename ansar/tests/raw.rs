//! Requests as they are, for a server that serves more than messages.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use ansar::prelude::*;
use ansar::test::Running;

#[message]
struct Ping;

#[message]
struct Pong;

/// Serves files and takes uploads, beside a message.
struct Files {
    folder: String,
}

impl Program for Files {
    type Settings = Settings;
    type Api = (Ping, HttpRequest);

    fn create(settings: Settings) -> Self {
        let folder = settings.folder;
        Self { folder }
    }

    fn http() -> HttpSettings {
        HttpSettings {
            // Uploads are streamed: this is about messages.
            body_limit: ByteSize::new(1024),
            ..HttpSettings::default()
        }
    }
}

#[handlers]
impl Files {
    fn ping(&mut self, _: Ping) -> Pong {
        Pong
    }

    fn http_request(&mut self, request: HttpRequest) -> Later<Result<HttpResponse, Faulted>> {
        let path = format!("{}{}", self.folder, request.path());
        match request.method().as_str() {
            "GET" => Later::new(async move {
                let file = HttpBody::file(path).await?;
                let response = HttpResponse::new(200).header("Content-Type", "text/plain")?;
                Ok(response.body(file))
            }),
            "PUT" => Later::new(async move {
                let bytes = count(request.into_body()).await?;
                HttpResponse::json(&bytes)
            }),
            "ECHO" => {
                let texts = request.headers().get_all("X-Text").iter();
                let texts: Vec<_> = texts.map(|text| text.as_bytes().to_vec()).collect();
                let response = HttpResponse::new(203).header("X-Count", texts.len().to_string());
                Later::now(response.map(|response| response.body(texts.concat())))
            }
            _ => Later::now(Err(Faulted::rejected("cannot do that", "").with_status(405))),
        }
    }
}

/// Counts the bytes of a body without keeping them.
async fn count(mut body: HttpBody) -> Result<u64, Faulted> {
    let mut bytes = 0;
    while let Some(piece) = body.next().await {
        let broken = |error: io::Error| Faulted::rejected("cannot read", error.to_string());
        bytes += piece.map_err(broken)?.len() as u64;
    }
    Ok(bytes)
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
    folder: String,
}

fn start(folder: &tempfile::TempDir) -> Running {
    Running::start::<Files>(Settings {
        folder: folder.path().display().to_string(),
        ..Settings::default()
    })
}

#[test]
fn a_large_file_is_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let content = "line of a large file\n".repeat(200_000);
    std::fs::write(folder.path().join("large.txt"), &content).unwrap();
    let server = start(&folder);
    let response = server.get("/large.txt");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("Content-Type"), Some("text/plain"));
    assert_eq!(response.header("Content-Length"), Some("4200000"));
    assert!(response.body == content, "{} bytes", response.body.len());
    let missing = server.get("/missing.txt");
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("cannot open"), "{}", missing.body);
}

#[test]
fn an_upload_is_longer_than_a_message_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    let upload = "x".repeat(3_000_000);
    let response = server.send("PUT", "/any", &upload);
    assert_eq!((response.status, response.body.as_str()), (200, "3000000"));
    assert_eq!(server.send("PUT", "/any", "").body, "0");
    let message = format!("{}{{}}", " ".repeat(2000));
    assert_eq!(server.post("/Ping", &message).status, 413);
    assert_eq!(server.post("/Ping", "{}").status, 200);
}

#[test]
fn a_request_is_as_the_client_sent_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    let response = server.send(
        "ECHO",
        "/any/path?x=1 HTTP/1.1\r\nX-Text: a\r\nx-text: b\r\nX-Rest:",
        "",
    );
    assert_eq!(response.status, 203);
    assert_eq!(response.header("X-Count"), Some("2"));
    assert_eq!(response.body, "ab");
    let refused = server.send("BREW", "/tea", "");
    assert_eq!(refused.status, 405);
    assert!(refused.body.contains("ansar.Faulted"), "{}", refused.body);
}

/// What one object is asked by another is raw too.
struct Proxy;

#[handlers]
impl Proxy {
    fn http_request(&mut self, request: HttpRequest) -> HttpResponse {
        HttpResponse::text(request.path())
    }
}

#[test]
fn objects_send_each_other_raw_requests_too() {
    let mut test = ansar::test::Test::new(Proxy);
    let response = test.ask(HttpRequest::get("/a/b?c")).unwrap();
    assert_eq!(response.status(), 200);
    let seen = Rc::new(Cell::new(0));
    let read = Rc::clone(&seen);
    test.run(async move {
        let body = response.into_body().collect(100).await;
        read.set(body.unwrap().len());
    });
    assert_eq!(seen.get(), 4);
}
