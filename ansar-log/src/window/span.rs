//! Lengths of time as people write and read them.

use std::time::Duration;

/// What is expected, for messages.
pub(super) const EXPECTED: &str = "a span like 5m, 1h30m, 7d10s or 4.5s";

/// A length of time, short: `0.6s`, `4m22.8s` under an hour, the tenth of a second cut and
/// not rounded; `1h30m` under a day; `1d1h` from there.
pub fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600, seconds / 60);
    let then = |number: u64, unit: char| match number {
        0 => String::new(),
        number => format!("{number}{unit}"),
    };
    if days > 0 {
        return format!("{days}d{}", then(hours % 24, 'h'));
    }
    if hours > 0 {
        return format!("{hours}h{}", then(minutes % 60, 'm'));
    }
    let tenths = length.subsec_millis() / 100;
    format!("{}{}.{tenths}s", then(minutes, 'm'), seconds % 60)
}

/// Reads a length of time, a number of milliseconds; `None` when it is of another form.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = &whole_seconds(text.trim())?;
    let length = humantime::parse_duration(text).ok()?;
    i64::try_from(length.as_millis()).ok()
}

/// Writes a fraction of seconds at the end, `4.5s`, as milliseconds, `4s500ms`.
fn whole_seconds(text: &str) -> Option<String> {
    let Some((whole, fraction)) = text.split_once('.') else {
        return Some(text.to_owned());
    };
    let digits = fraction.strip_suffix('s')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number || !whole.ends_with(|digit: char| digit.is_ascii_digit()) {
        return None;
    }
    let milliseconds: String = digits.chars().chain("00".chars()).take(3).collect();
    Some(format!("{whole}s{milliseconds}ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_times_are_written_as_status_shows_them() {
        for (milliseconds, expected) in [
            (0, "0.0s"),
            (99, "0.0s"),
            (600, "0.6s"),
            (5_000, "5.0s"),
            (59_999, "59.9s"),
            (60_000, "1m0.0s"),
            (65_500, "1m5.5s"),
            (262_899, "4m22.8s"),
            (3_599_999, "59m59.9s"),
            (3_600_000, "1h"),
            (3_659_999, "1h"),
            (5_400_000, "1h30m"),
            (86_399_999, "23h59m"),
            (86_400_000, "1d"),
            (89_999_999, "1d"),
            (90_000_000, "1d1h"),
            (8_640_000_000, "100d"),
        ] {
            assert_eq!(span(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, expected) in [
            ("0s", Some(0)),
            ("5m", Some(300_000)),
            ("1d", Some(86_400_000)),
            ("1h30m", Some(5_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("7d10s", Some(604_810_000)),
            ("4.5s", Some(4_500)),
            ("2m34.1s", Some(154_100)),
            ("0.0019s", Some(1)),
            ("250ms", Some(250)),
            ("", None),
            ("5", None),
            ("5x", None),
            ("-5m", None),
            ("4.s", None),
            (".5s", None),
            ("4.5m", None),
            ("4.5", None),
            ("4.5.5s", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for length in [600, 5_000, 262_800, 3_600_000, 5_400_000, 90_000_000] {
            let text = span(Duration::from_millis(length));
            assert_eq!(milliseconds(&text), i64::try_from(length).ok());
        }
    }
}
