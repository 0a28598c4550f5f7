//! Where a request or a response ends: the rules that keep one from being smuggled inside
//! another.

use crate::head::Version;
use crate::problem::{Problem, Syntax};

/// How the body of a request or of a response is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// The body has this many bytes, and at least one.
    Length(u64),
    /// The body comes in chunks.
    Chunked,
}

/// What the headers say about the connection and the body, while they are gone through.
#[derive(Debug, Default)]
pub(crate) struct Directives {
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
    option: Option<ConnectionOption>,
    expects_continue: bool,
}

/// What the other side wants of the connection after the answer. When it wants both, it is
/// closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ConnectionOption {
    KeepAlive,
    Close,
}

impl Directives {
    /// Takes note of one header.
    #[inline]
    pub(crate) fn note(&mut self, name: &str, value: &[u8]) -> Result<(), Problem> {
        // The length tells most names apart.
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") => self.hosts += 1,
            6 if name.eq_ignore_ascii_case("expect") => self.note_expectation(value)?,
            10 if name.eq_ignore_ascii_case("connection") => self.note_connection(value),
            14 if name.eq_ignore_ascii_case("content-length") => self.note_length(value)?,
            17 if name.eq_ignore_ascii_case("transfer-encoding") => self.note_coding(value)?,
            _ => {}
        }
        Ok(())
    }

    fn note_expectation(&mut self, value: &[u8]) -> Result<(), Problem> {
        if !value.eq_ignore_ascii_case(b"100-continue") {
            return Err(Problem::Expectation);
        }
        self.expects_continue = true;
        Ok(())
    }

    fn note_connection(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',') {
            let option = option.trim_ascii();
            if option.eq_ignore_ascii_case(b"close") {
                self.option = Some(ConnectionOption::Close);
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.option = self.option.max(Some(ConnectionOption::KeepAlive));
            }
        }
    }

    fn note_length(&mut self, value: &[u8]) -> Result<(), Problem> {
        let length = parse_length(value).ok_or(Problem::Malformed(Syntax::Length))?;
        if self.length.replace(length).is_some() {
            return Err(Problem::Malformed(Syntax::LengthTwice));
        }
        Ok(())
    }

    fn note_coding(&mut self, value: &[u8]) -> Result<(), Problem> {
        if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Problem::TransferCoding);
        }
        self.chunked = true;
        Ok(())
    }

    /// Whether the client waits for a word before it sends the body.
    pub(crate) fn expects_continue(&self, version: Version) -> bool {
        self.expects_continue && version == Version::Http11
    }

    /// Whether the other side would have another request follow.
    pub(crate) fn keeps_alive(&self, version: Version) -> bool {
        match version {
            Version::Http10 => self.option == Some(ConnectionOption::KeepAlive),
            Version::Http11 => self.option != Some(ConnectionOption::Close),
        }
    }

    /// Decides where the request ends, or that it cannot be told.
    pub(crate) fn framing(&self, version: Version) -> Result<Framing, Problem> {
        match (version, self.hosts) {
            (Version::Http11, 0) => return Err(Problem::Malformed(Syntax::HostMissing)),
            (_, 0 | 1) => {}
            _ => return Err(Problem::Malformed(Syntax::HostTwice)),
        }
        Ok(self.body(version)?.unwrap_or(Framing::None))
    }

    /// How a body is delimited, if anything is said of it; or that it cannot be told.
    pub(crate) fn body(&self, version: Version) -> Result<Option<Framing>, Problem> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Problem::Malformed(Syntax::LengthAndCoding)),
            (true, None) if version == Version::Http10 => {
                Err(Problem::Malformed(Syntax::CodingInHttp10))
            }
            (true, None) => Ok(Some(Framing::Chunked)),
            (false, None) => Ok(None),
            (false, Some(0)) => Ok(Some(Framing::None)),
            (false, Some(length)) => Ok(Some(Framing::Length(length))),
        }
    }
}

/// Digits and nothing else: no sign, no list, no space.
fn parse_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |length, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        length.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Header = (&'static str, &'static str);

    fn framing(version: Version, headers: &[Header]) -> Result<Framing, Problem> {
        let mut directives = Directives::default();
        for (name, value) in headers {
            directives.note(name, value.as_bytes())?;
        }
        directives.framing(version)
    }

    #[test]
    fn a_body_is_delimited_in_one_way_or_refused() {
        use Framing::{Chunked, Length, None};
        let malformed = |syntax| Err(Problem::Malformed(syntax));
        let length = "content-length";
        let coding = "Transfer-Encoding";
        let cases: &[(&[Header], Result<Framing, Problem>)] = &[
            (&[], Ok(None)),
            (&[(length, "0")], Ok(None)),
            (&[(length, "007")], Ok(Length(7))),
            (&[(coding, "Chunked")], Ok(Chunked)),
            (&[(length, "")], malformed(Syntax::Length)),
            (&[(length, "+5")], malformed(Syntax::Length)),
            (&[(length, "5,5")], malformed(Syntax::Length)),
            (&[(length, "0x5")], malformed(Syntax::Length)),
            (&[(length, "5 ")], malformed(Syntax::Length)),
            (
                &[(length, "18446744073709551616")],
                malformed(Syntax::Length),
            ),
            (
                &[(length, "5"), (length, "6")],
                malformed(Syntax::LengthTwice),
            ),
            (
                &[(length, "5"), (length, "5")],
                malformed(Syntax::LengthTwice),
            ),
            (
                &[(length, "5"), (coding, "chunked")],
                malformed(Syntax::LengthAndCoding),
            ),
            (&[(coding, "gzip, chunked")], Err(Problem::TransferCoding)),
            (&[(coding, "identity")], Err(Problem::TransferCoding)),
            (&[(coding, "\u{b}chunked")], Err(Problem::TransferCoding)),
            (
                &[(coding, "chunked"), (coding, "chunked")],
                Err(Problem::TransferCoding),
            ),
        ];
        for (headers, expected) in cases {
            let mut headers = headers.to_vec();
            headers.push(("Host", "here"));
            assert_eq!(&framing(Version::Http11, &headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn the_host_is_named_once() {
        let host = ("host", "here");
        let malformed = |syntax| Err(Problem::Malformed(syntax));
        assert_eq!(
            framing(Version::Http11, &[]),
            malformed(Syntax::HostMissing)
        );
        assert_eq!(framing(Version::Http10, &[]), Ok(Framing::None));
        assert_eq!(
            framing(Version::Http10, &[host, host]),
            malformed(Syntax::HostTwice)
        );
        assert_eq!(
            framing(Version::Http11, &[host, host]),
            malformed(Syntax::HostTwice)
        );
    }

    #[test]
    fn chunks_do_not_exist_in_http_1_0() {
        assert_eq!(
            framing(Version::Http10, &[("transfer-encoding", "chunked")]),
            Err(Problem::Malformed(Syntax::CodingInHttp10))
        );
    }

    #[test]
    fn the_connection_is_kept_unless_somebody_says_otherwise() {
        let cases: &[(&[u8], bool, bool)] = &[
            (b"", false, true),
            (b"keep-alive", true, true),
            (b"Close", false, false),
            (b"keep-alive, close", false, false),
            (b"upgrade ,\tKEEP-alive", true, true),
        ];
        for (value, in_http_10, in_http_11) in cases {
            let mut directives = Directives::default();
            directives.note("Connection", value).unwrap();
            assert_eq!(directives.keeps_alive(Version::Http10), *in_http_10);
            assert_eq!(directives.keeps_alive(Version::Http11), *in_http_11);
        }
    }
}
