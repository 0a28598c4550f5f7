use super::*;

fn limits() -> Limits {
    Limits {
        head_bytes: 512,
        target_bytes: 64,
        ..Limits::default()
    }
}

/// Reads a head and says something of it.
fn read<T>(bytes: &[u8], say: impl FnOnce(&Head<'_>) -> T) -> Result<Option<T>, Problem> {
    let mut storage = storage();
    Head::parse(bytes, &mut storage, &limits()).map(|head| head.as_ref().map(say))
}

#[test]
fn a_head_is_slices_of_the_buffer() {
    let bytes = b"POST /a/b?x=1?2 HTTP/1.1\r\nHost: here\r\ncontent-TYPE:  text/plain \r\n\
        Content-Length: 3\r\n\r\nabc";
    let mut storage = storage();
    let head = Head::parse(bytes, &mut storage, &limits())
        .unwrap()
        .unwrap();
    assert_eq!(head.method(), "POST");
    assert_eq!(head.target(), "/a/b?x=1?2");
    assert_eq!((head.path(), head.query()), ("/a/b", Some("x=1?2")));
    assert_eq!(head.version(), Version::Http11);
    assert_eq!(head.content_type(), Some("text/plain"));
    assert_eq!(head.header("HOST"), Some(&b"here"[..]));
    assert_eq!(head.header("absent"), None);
    assert_eq!(head.headers().count(), 3);
    assert_eq!(head.framing(), Framing::Length(3));
    assert_eq!(&bytes[head.length_bytes()..], b"abc");
}

#[test]
fn a_target_is_a_path_a_url_or_a_star() {
    let cases = [
        ("GET", "/", Ok(("/", None))),
        ("GET", "/a?", Ok(("/a", Some("")))),
        ("GET", "//a", Ok(("//a", None))),
        ("GET", "http://here", Ok(("/", None))),
        ("GET", "http://here?x=/", Ok(("/", Some("x=/")))),
        ("GET", "HTTPS://here:1/a?x", Ok(("/a", Some("x")))),
        ("OPTIONS", "*", Ok(("*", None))),
        ("GET", "*", Err(Problem::Malformed(Syntax::Target))),
        ("GET", "a", Err(Problem::Malformed(Syntax::Target))),
        ("GET", "http:///a", Err(Problem::Malformed(Syntax::Target))),
        (
            "GET",
            "ftp://here/a",
            Err(Problem::Malformed(Syntax::Target)),
        ),
        ("CONNECT", "here:1", Err(Problem::Tunnel)),
    ];
    for (method, target, expected) in cases {
        assert_eq!(split_target(method, target), expected, "{method} {target}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let malformed = |syntax| Some(Problem::Malformed(syntax));
    let target = "a".repeat(64);
    let header = format!("GET / HTTP/1.1\r\nHost: here\r\nLong: {}", "a".repeat(512));
    let overlong = |rest: &str| format!("GET /{target} HTTP/1.1\r\n{rest}").into_bytes();
    let cases: &[(&[u8], Option<Problem>)] = &[
        (b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", None),
        (
            b"GET / HTTP/1.1\r\nHost : here\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\r\nHost: here\r\n more\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\r\n Host: here\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\r\nHost: he\rre\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\r\nHost: he\0re\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\r\n: here\r\n\r\n",
            malformed(Syntax::Header),
        ),
        (
            b"GET / HTTP/1.1\rHost: here\r\n\r\n",
            malformed(Syntax::LineEnd),
        ),
        (b"GET  / HTTP/1.1\r\n\r\n", malformed(Syntax::RequestLine)),
        (b"GET /\r\n\r\n", malformed(Syntax::RequestLine)),
        (b"GET / FTP/1.1\r\n\r\n", malformed(Syntax::RequestLine)),
        (b"GET /\0 HTTP/1.1\r\n\r\n", malformed(Syntax::RequestLine)),
        (
            b"G\xc3\xa4T / HTTP/1.1\r\n\r\n",
            malformed(Syntax::RequestLine),
        ),
        (b"\x16\x03\x01\x02\x00\x01", malformed(Syntax::RequestLine)),
        (b"GET / HTTP/1.1\r\n\r\n", malformed(Syntax::HostMissing)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(Problem::Version)),
        (b"GET / HTTP/1.2\r\n\r\n", Some(Problem::Version)),
        (
            &overlong("Host: here\r\n\r\n"),
            Some(Problem::TargetTooLong { limit: 64 }),
        ),
        (
            &overlong("bad header\r\n\r\n"),
            Some(Problem::TargetTooLong { limit: 64 }),
        ),
        (
            header.as_bytes(),
            Some(Problem::HeadTooLarge { limit: 512 }),
        ),
    ];
    for (bytes, expected) in cases {
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(read(bytes, |_| ()).err(), *expected, "{shown:?}");
        let first = (0..bytes.len()).find_map(|end| read(&bytes[..end], |_| ()).err());
        if first.is_some() {
            assert_eq!(first, *expected, "when it comes byte by byte: {shown:?}");
        }
    }
}

#[test]
fn a_hundred_headers_are_enough() {
    let head = |headers: usize| {
        let lines: String = (1..headers).map(|_| "a:b\r\n").collect();
        format!("GET / HTTP/1.1\r\nHost: here\r\n{lines}\r\n")
    };
    let read = |text: String| {
        let mut storage = storage();
        let outcome = Head::parse(text.as_bytes(), &mut storage, &Limits::default());
        outcome.map(|head| head.is_some())
    };
    assert_eq!(read(head(HEADERS)), Ok(true));
    assert_eq!(
        read(head(HEADERS + 1)),
        Err(Problem::TooManyHeaders { limit: HEADERS })
    );
}

#[test]
fn a_head_that_is_not_all_there_is_waited_for() {
    let bytes = b"GET http://here/a HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\n\r\n";
    for end in 0..bytes.len() {
        assert_eq!(read(&bytes[..end], |_| ()), Ok(None));
    }
    let understood = read(bytes, |head| (head.framing(), head.expects_continue()));
    assert_eq!(understood, Ok(Some((Framing::None, true))));
}
