//! What can be configured of HTTP in every program.

use std::time::Duration;

use ansar_http::Limits;

use super::tls::{Tls, TlsError};
use super::{bounds, limits};
use crate as ansar;
use crate::settings::ByteSize;

/// Connections at once that are sensible: the system has no more files for a process.
const CONNECTIONS: u64 = 1_000_000;

/// Threads that are sensible: more than that many processors serve several programs.
const THREADS: u64 = 64;

/// What a client may take of the server, and how the server serves.
///
/// Every program has these settings beside its own: on the command line as
/// `--http-body-limit=2MB`, in the environment as `CRUNCH_SERVER_HTTP_BODY_LIMIT`, in the
/// settings file under `"http"`. Sizes are written `512KB`, `2MB` or as a number of bytes,
/// times `500ms`, `30s` or `1m30s`.
///
/// An author gives other factory values by [`Program::http`](crate::Program::http):
///
/// ```
/// use std::time::Duration;
///
/// use ansar::{ByteSize, HttpSettings};
///
/// let http = HttpSettings {
///     body_limit: ByteSize::new(10_000_000),
///     request_time_limit: Duration::from_secs(90),
///     ..HttpSettings::default()
/// };
/// assert_eq!(http.body_limit.to_string(), "10MB");
/// ```
#[ansar::settings]
pub struct HttpSettings {
    /// Connections at once; more wait until one ends
    #[default(limits::CONNECTIONS)]
    #[serde(deserialize_with = "bounds::count::<CONNECTIONS, _>")]
    pub connection_limit: usize,
    /// The longest body of a request, up to 1GB
    #[default(ByteSize::new(limits::BODY_BYTES))]
    #[serde(deserialize_with = "bounds::size")]
    pub body_limit: ByteSize,
    /// How long a client may take over the head of a request, and be idle before it
    #[default(limits::HEAD_TIME)]
    #[serde(with = "bounds::time")]
    pub head_time_limit: Duration,
    /// How long a request may take from its head to its answer
    #[default(limits::REQUEST_TIME)]
    #[serde(with = "bounds::time")]
    pub request_time_limit: Duration,
    /// How long a client may take nothing of an answer that is sent to it
    #[default(limits::WRITE_TIME)]
    #[serde(with = "bounds::time")]
    pub write_time_limit: Duration,
    /// How long requests in progress may take to end when the server stops
    #[default(limits::DRAIN_TIME)]
    #[serde(with = "bounds::time")]
    pub drain_time_limit: Duration,
    /// Threads that read requests and write answers, up to 64
    #[default(1)]
    #[serde(deserialize_with = "bounds::count::<THREADS, _>")]
    pub threads: usize,
    /// File with the certificates to serve HTTPS with, in PEM form
    pub tls_certificate: Option<String>,
    /// File with the private key of the first certificate, in PEM form
    pub tls_key: Option<String>,
}

impl HttpSettings {
    /// What one connection may take.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            body_bytes: usize::try_from(self.body_limit.bytes()).unwrap_or(usize::MAX),
            head_time: self.head_time_limit,
            request_time: self.request_time_limit,
            write_time: self.write_time_limit,
            ..Limits::default()
        }
    }

    /// What connections are encrypted with, when they are.
    pub(crate) fn tls(&self) -> Result<Option<Tls>, TlsError> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                Tls::load(certificate.as_ref(), key.as_ref()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What its members say together.
    pub(crate) fn check(&self) -> Result<(), String> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => Err(one_without_the_other("certificate", "key")),
            (None, Some(_)) => Err(one_without_the_other("key", "certificate")),
            _ => Ok(()),
        }
    }
}

fn one_without_the_other(given: &str, missing: &str) -> String {
    format!("cannot serve HTTPS with --http-tls-{given} alone: give --http-tls-{missing} too")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(members: Value) -> Result<HttpSettings, String> {
        serde_json::from_value(members).map_err(|error| error.to_string())
    }

    #[test]
    fn sizes_and_times_are_written_as_people_read_them() {
        assert_eq!(
            serde_json::to_value(HttpSettings::default()).unwrap(),
            json!({
                "connection_limit": 10_000,
                "body_limit": "1MiB",
                "head_time_limit": "1m",
                "request_time_limit": "30s",
                "write_time_limit": "30s",
                "drain_time_limit": "10s",
                "threads": 1,
                "tls_certificate": null,
                "tls_key": null,
            })
        );
        let read = read(json!({"body_limit": "2MB", "drain_time_limit": "1m30s"})).unwrap();
        assert_eq!(read.body_limit.bytes(), 2_000_000);
        assert_eq!(read.drain_time_limit, Duration::from_secs(90));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_reason() {
        for (members, reason) in [
            (json!({"threads": 0}), "expected 1 to 64, got 0"),
            (json!({"threads": 65}), "expected 1 to 64, got 65"),
            (
                json!({"connection_limit": 0}),
                "expected 1 to 1000000, got 0",
            ),
            (json!({"body_limit": 0}), "expected 1 byte to 1GB, got 0"),
            (
                json!({"body_limit": "2GB"}),
                "expected 1 byte to 1GB, got 2GB",
            ),
            (
                json!({"head_time_limit": "0s"}),
                "expected 1ms to 1h, got 0s",
            ),
            (
                json!({"drain_time_limit": "2h"}),
                "expected 1ms to 1h, got 2h",
            ),
            (
                json!({"request_time_limit": "soon"}),
                "expected a time such as 30s or 1m30s, got \"soon\"",
            ),
            (
                json!({"request_time_limit": 30}),
                "invalid type: integer `30`, expected a time such as 30s or 1m30s",
            ),
        ] {
            assert_eq!(read(members).unwrap_err(), reason);
        }
    }

    #[test]
    fn a_certificate_needs_a_key() {
        assert_eq!(
            read(json!({"tls_key": "key.pem"}))
                .unwrap()
                .check()
                .unwrap_err(),
            "cannot serve HTTPS with --http-tls-key alone: give --http-tls-certificate too"
        );
        let both = json!({"tls_key": "key.pem", "tls_certificate": "certificate.pem"});
        assert_eq!(read(both).unwrap().check(), Ok(()));
    }
}
