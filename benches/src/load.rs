//! The load: `wrk` with one thread, and what it says.

use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::Error;

/// How much longer than it was told wrk may take: it waits for its last answers.
const GRACE: Duration = Duration::from_secs(10);

/// Requests for one URL from a number of connections, for some time.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) url: String,
    pub(crate) connections: u32,
    pub(crate) duration: Duration,
}

impl Load {
    /// Makes the load, and reads what wrk counted.
    pub(crate) async fn run(&self) -> Result<Reading, Error> {
        let output = Command::new("wrk")
            .args(["-t1", "--latency"])
            .arg(format!("-c{}", self.connections))
            .arg(format!("-d{}s", self.duration.as_secs()))
            .arg(&self.url)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(self.duration + GRACE, output)
            .await
            .map_err(|_| self.error("it does not end".to_owned()))?
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => self.error("it is not installed".to_owned()),
                _ => self.error(error.to_string()),
            })?;
        let text = String::from_utf8_lossy(&output.stdout);
        Reading::parse(&text).map_err(|problem| {
            let said = String::from_utf8_lossy(&output.stderr);
            self.error(format!("{problem}: {text}{said}"))
        })
    }

    fn error(&self, problem: String) -> Error {
        Error::Load {
            url: self.url.clone(),
            problem,
        }
    }
}

/// What wrk says of a load.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) requests: f64,
    pub(crate) requests_per_second: f64,
    pub(crate) p50_microseconds: f64,
    pub(crate) p99_microseconds: f64,
}

impl Reading {
    /// Reads what wrk prints. Answers that are no success, and connections that broke,
    /// are errors: what is measured has to be what is meant.
    fn parse(text: &str) -> Result<Self, String> {
        for failure in ["Non-2xx", "Socket errors"] {
            if text.contains(failure) {
                return Err(format!("\"{failure}\""));
            }
        }
        let after = |label: &str| {
            text.split(label)
                .nth(1)
                .and_then(|rest| rest.split_whitespace().next())
                .ok_or_else(|| format!("no \"{}\"", label.trim()))
        };
        let requests = text
            .lines()
            .find(|line| line.contains(" requests in "))
            .and_then(|line| line.split_whitespace().next())
            .ok_or("no number of requests")?;
        Ok(Self {
            requests: number(requests)?,
            requests_per_second: number(after("Requests/sec:")?)?,
            p50_microseconds: microseconds(after(" 50%")?)?,
            p99_microseconds: microseconds(after(" 99%")?)?,
        })
    }
}

/// `12.00us`, `1.20ms` or `0.01s`.
fn microseconds(text: &str) -> Result<f64, String> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let factor = match &text[digits.len()..] {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        unit => return Err(format!("unknown unit {unit:?} in {text:?}")),
    };
    Ok(number(digits)? * factor)
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
Running 3s test @ http://127.0.0.1:5051/Multiply?x=1.5&y=2.25
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   512.34us  101.10us   3.99ms   91.50%
    Req/Sec   124.56k     3.20k  130.02k    70.00%
  Latency Distribution
     50%  498.00us
     75%  533.00us
     90%  590.00us
     99%    1.02ms
  371802 requests in 3.00s, 52.47MB read
Requests/sec: 123930.11
Transfer/sec:     17.49MB
";

    #[test]
    fn the_figures_of_wrk_are_read() {
        assert_eq!(
            Reading::parse(OUTPUT),
            Ok(Reading {
                requests: 371_802.0,
                requests_per_second: 123_930.11,
                p50_microseconds: 498.0,
                p99_microseconds: 1_020.0,
            })
        );
    }

    #[test]
    fn failed_requests_are_an_error() {
        let refused = format!("{OUTPUT}  Non-2xx or 3xx responses: 12\n");
        assert_eq!(Reading::parse(&refused), Err("\"Non-2xx\"".to_owned()));
        let broken = format!("{OUTPUT}  Socket errors: connect 0, read 3, write 0, timeout 0\n");
        assert_eq!(Reading::parse(&broken), Err("\"Socket errors\"".to_owned()));
    }

    #[test]
    fn output_that_lacks_a_figure_is_an_error_that_names_it() {
        let text = OUTPUT.replace("99%", "98%");
        assert_eq!(Reading::parse(&text), Err("no \"99%\"".to_owned()));
        assert_eq!(Reading::parse(""), Err("no number of requests".to_owned()));
    }

    #[test]
    fn times_have_three_units() {
        assert_eq!(microseconds("12.5us"), Ok(12.5));
        assert_eq!(microseconds("1.5ms"), Ok(1_500.0));
        assert_eq!(microseconds("0.5s"), Ok(500_000.0));
        assert_eq!(
            microseconds("1.00m"),
            Err("unknown unit \"m\" in \"1.00m\"".to_owned())
        );
    }
}
