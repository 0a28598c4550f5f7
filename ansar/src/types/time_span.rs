//! Spans of time.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::time::Duration;

use chrono::{OutOfRangeError, TimeDelta};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::written::{self, Malformed, Written};

/// A span of time, forwards or backwards, in nanoseconds.
///
/// It is the `TimeDelta` of `chrono`, which it dereferences to, as people write
/// it: days, hours, minutes and seconds, of which only the seconds have a
/// fraction. The default is no time at all, `0s`.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::TimeSpan;
///
/// let patience: TimeSpan = "1h90s".parse()?;
/// assert_eq!(patience.to_string(), "1h1m30s");
/// assert_eq!(Duration::try_from(patience).unwrap(), Duration::from_secs(3690));
/// # Ok::<(), ansar::types::Malformed>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeSpan(TimeDelta);

const SECOND: i128 = 1_000_000_000;
/// The units in the order in which they are written, in nanoseconds.
const UNITS: [(char, i128); 4] = [
    ('d', 86_400 * SECOND),
    ('h', 3_600 * SECOND),
    ('m', 60 * SECOND),
    ('s', SECOND),
];
/// Digits behind the point of the seconds.
const FRACTION_DIGITS: usize = 9;

/// Reads a span as its nanoseconds, without the sign.
fn read_parts(text: &str) -> Option<i128> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0;
    while !rest.is_empty() {
        let end = rest.find(|character: char| character.is_ascii_alphabetic())?;
        let (number, unit) = rest.split_at(end);
        // Each unit is once there at most, and none before a larger one.
        let (_, length) = units.find(|(name, _)| unit.starts_with(*name))?;
        total += read_part(number, *length)?;
        rest = &unit[1..];
    }
    Some(total)
}

fn read_part(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if unit == SECOND => (whole, Some(fraction)),
        Some(_) => return None,
        None => (number, None),
    };
    let whole = i128::from(read_digits(whole)?) * unit;
    match fraction {
        None => Some(whole),
        Some(fraction) if (1..=FRACTION_DIGITS).contains(&fraction.len()) => {
            let nanoseconds = format!("{fraction:0<FRACTION_DIGITS$}");
            Some(whole + i128::from(read_digits(&nanoseconds)?))
        }
        Some(_) => None,
    }
}

fn read_digits(text: &str) -> Option<u64> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

impl TimeSpan {
    fn from_nanoseconds(total: i128) -> Option<Self> {
        let seconds = i64::try_from(total.div_euclid(SECOND)).ok()?;
        let nanoseconds = u32::try_from(total.rem_euclid(SECOND)).ok()?;
        TimeDelta::new(seconds, nanoseconds).map(Self)
    }

    fn nanoseconds(self) -> i128 {
        i128::from(self.0.num_seconds()) * SECOND + i128::from(self.0.subsec_nanos())
    }
}

impl Written for TimeSpan {
    const EXPECTED: &'static str = "a span of time such as 1d2h3m4.5s";

    fn read(text: &str) -> Option<Self> {
        let (sign, parts) = match text.strip_prefix('-') {
            Some(parts) => (-1, parts),
            None => (1, text),
        };
        if parts.is_empty() {
            return None;
        }
        Self::from_nanoseconds(sign * read_parts(parts)?)
    }
}

impl FromStr for TimeSpan {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        written::parse(text)
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.nanoseconds();
        if rest == 0 {
            return formatter.write_str("0s");
        }
        if rest < 0 {
            formatter.write_str("-")?;
            rest = -rest;
        }
        for (name, length) in UNITS {
            let (count, remainder) = (rest / length, rest % length);
            if length == SECOND && remainder > 0 {
                let fraction = format!("{remainder:0>FRACTION_DIGITS$}");
                return write!(formatter, "{count}.{}s", fraction.trim_end_matches('0'));
            }
            if count > 0 {
                write!(formatter, "{count}{name}")?;
            }
            rest = remainder;
        }
        Ok(())
    }
}

impl Serialize for TimeSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        written::deserialize(deserializer)
    }
}

impl Deref for TimeSpan {
    type Target = TimeDelta;

    fn deref(&self) -> &TimeDelta {
        &self.0
    }
}

impl From<TimeDelta> for TimeSpan {
    fn from(delta: TimeDelta) -> Self {
        Self(delta)
    }
}

impl From<TimeSpan> for TimeDelta {
    fn from(span: TimeSpan) -> Self {
        span.0
    }
}

/// Fails beyond 292 million years.
impl TryFrom<Duration> for TimeSpan {
    type Error = OutOfRangeError;

    fn try_from(duration: Duration) -> Result<Self, OutOfRangeError> {
        TimeDelta::from_std(duration).map(Self)
    }
}

/// Fails for a span backwards.
impl TryFrom<TimeSpan> for Duration {
    type Error = OutOfRangeError;

    fn try_from(span: TimeSpan) -> Result<Self, OutOfRangeError> {
        span.0.to_std()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_span_is_read_and_written_as_people_do() {
        for (text, nanoseconds, written) in [
            ("0s", 0, "0s"),
            ("-0s", 0, "0s"),
            ("1d2h3m4.5s", 93_784_500_000_000, "1d2h3m4.5s"),
            ("-1m", -60_000_000_000, "-1m"),
            ("100m", 6_000_000_000_000, "1h40m"),
            ("0.000000001s", 1, "0.000000001s"),
            ("-0.25s", -250_000_000, "-0.25s"),
            ("1d0.5s", 86_400_500_000_000, "1d0.5s"),
        ] {
            let span: TimeSpan = text.parse().unwrap();
            assert_eq!(span.nanoseconds(), nanoseconds, "{text}");
            assert_eq!(span.to_string(), written, "{text}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in [
            "",
            "-",
            "5",
            "s",
            "1x",
            "1s1m",
            "1m1m",
            "1.5m",
            "1.s",
            ".5s",
            "1.0000000001s",
            "+1s",
            "1 s",
            "1é",
            "--1s",
            "99999999999999999d",
            "99999999999999999999s",
        ] {
            let error = text.parse::<TimeSpan>().unwrap_err().to_string();
            let expected = format!("expected a span of time such as 1d2h3m4.5s, got {text:?}");
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn a_span_is_a_duration_where_it_fits() {
        let span = TimeSpan::try_from(Duration::from_millis(1500)).unwrap();
        assert_eq!(span.to_string(), "1.5s");
        assert_eq!(
            Duration::try_from(span).unwrap(),
            Duration::from_millis(1500)
        );
        assert!(TimeSpan::try_from(Duration::MAX).is_err());
        let backwards: TimeSpan = "-1s".parse().unwrap();
        assert!(Duration::try_from(backwards).is_err());
    }

    proptest! {
        #[test]
        fn every_span_means_the_same_read_again(
            seconds in (i64::MIN / 1000 + 1)..(i64::MAX / 1000),
            nanoseconds in 0_u32..1_000_000_000,
        ) {
            let span = TimeSpan(TimeDelta::new(seconds, nanoseconds).unwrap());
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn no_text_makes_reading_panic(text in "-?[0-9.dhmsé]{0,30}") {
            let _ = text.parse::<TimeSpan>();
        }
    }
}
