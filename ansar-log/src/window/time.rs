//! Moments as people write them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::calendar::Zone;
use crate::stamp::Stamp;

/// What is expected, for messages.
pub(super) const EXPECTED: &str = "a time like 2026-11-24T22:27:11.910Z, 2026-11-24T22:27:11+01:00, 2026-11-24 22:27 or 2026-11-24";

/// Bytes of `YYYY-MM-DD`.
const DATE_BYTES: usize = 10;

/// Reads a moment; one without an offset is local in `zone`. `None` when it is of another
/// form, or not a moment that a record can have.
pub(super) fn moment(text: &str, zone: Zone<'_>) -> Option<Stamp> {
    let (date, rest) = text.split_at_checked(DATE_BYTES)?;
    let date = date_of(date)?;
    if rest.is_empty() {
        return zone.moment(date.and_time(NaiveTime::MIN));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, offset) = split_offset(rest)?;
    let local = NaiveDateTime::new(date, time_of(time)?);
    match offset {
        None => zone.moment(local),
        Some(seconds) => {
            let milliseconds = local.and_utc().timestamp_millis() - seconds * 1000;
            let stamp = Stamp::from_milliseconds(milliseconds);
            (stamp.milliseconds() == milliseconds).then_some(stamp)
        }
    }
}

fn date_of(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = fields(text, '-', [4, 2, 2])?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f`; digits beyond the millisecond are cut.
fn time_of(text: &str) -> Option<NaiveTime> {
    if let Some([hour, minute]) = fields(text, ':', [2, 2]) {
        return NaiveTime::from_hms_opt(hour, minute, 0);
    }
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let [hour, minute, second] = fields(text, ':', [2, 2, 2])?;
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let milliseconds = fraction
        .bytes()
        .chain(*b"00")
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    NaiveTime::from_hms_milli_opt(hour, minute, second, milliseconds)
}

/// Divides a time from its offset, in seconds ahead of UTC, when there is one.
fn split_offset(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, None));
    };
    let (time, offset) = text.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = fields(&offset[1..], ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((time, Some(sign * i64::from(hours * 3600 + minutes * 60))))
}

/// Numbers of exactly so many digits, with `separator` between them.
fn fields<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}
