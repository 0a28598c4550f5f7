//! Points in time.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;

use chrono::{
    Datelike, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc,
};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error, Serialize, Serializer};

use super::written::{self, Malformed, Written};

/// A point in time, in UTC or in the local time of this machine.
///
/// It is that of `chrono`, which it dereferences to, with more forms of text:
/// those of RFC 3339, and any of them with less at its end. A time that does not
/// say its offset is in the zone of its type. The default is the beginning of 1970, UTC.
///
/// ```
/// use ansar::{DateTime, Utc};
///
/// let time: DateTime<Utc> = "2024-01-02T03:04:05.6789+02:00".parse()?;
/// assert_eq!(time.to_string(), "2024-01-02T01:04:05.6789Z");
/// assert_eq!("2024-01-02".parse::<DateTime<Utc>>()?.timestamp(), 1_704_153_600);
/// # Ok::<(), ansar::types::Malformed>(())
/// ```
#[derive(Clone, Copy)]
pub struct DateTime<Z: Zone>(chrono::DateTime<Z>);

/// The zones that a [`DateTime`] can be in: [`Utc`] and [`Local`].
///
/// ```
/// use ansar::types::{DateTime, Utc, Zone};
///
/// fn year<Z: Zone>(time: &DateTime<Z>) -> String {
///     time.to_string()[..4].to_owned()
/// }
///
/// assert_eq!(year(&DateTime::<Utc>::default()), "1970");
/// ```
pub trait Zone: TimeZone<Offset: Copy> + sealed::Here {}

impl Zone for Utc {}
impl Zone for Local {}

mod sealed {
    use chrono::{Local, Utc};

    /// A zone that there is one value of.
    pub trait Here {
        const HERE: Self;
        /// Whether times are written with `Z` instead of their offset.
        const IS_UTC: bool;
    }

    impl Here for Utc {
        const HERE: Self = Self;
        const IS_UTC: bool = true;
    }

    impl Here for Local {
        const HERE: Self = Self;
        const IS_UTC: bool = false;
    }
}

/// RFC 3339 has four digits for the year.
fn has_a_written_form(time: &impl Datelike) -> bool {
    (0..=9999).contains(&time.year())
}

/// Reads a time that is in `zone` when it does not say its offset.
fn read<Z: TimeZone>(text: &str, zone: &Z) -> Option<chrono::DateTime<Z>> {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00"));
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let (time, offset) = split_offset(time);
    let civil = date.and_time(read_time(time)?);
    let time = match offset {
        None => zone.from_local_datetime(&civil).earliest()?,
        Some(offset) => {
            let offset = read_offset(offset)?;
            let time = offset.from_local_datetime(&civil).single()?;
            time.with_timezone(zone)
        }
    };
    has_a_written_form(&time).then_some(time)
}

/// The space is a `+` that a query string or a form has been read with.
fn split_offset(time: &str) -> (&str, Option<&str>) {
    match time.find(['+', '-', ' ', 'Z', 'z']) {
        None => (time, None),
        Some(place) => (&time[..place], Some(&time[place..])),
    }
}

fn read_time(text: &str) -> Option<NaiveTime> {
    let time = match text.matches(':').count() {
        0 => NaiveTime::parse_from_str(&format!("{text}:00"), "%H:%M"),
        1 => NaiveTime::parse_from_str(text, "%H:%M"),
        _ => NaiveTime::parse_from_str(text, "%H:%M:%S%.f"),
    };
    time.ok()
}

/// Reads `Z`, `+hh:mm`, `+hhmm` and `+hh`.
fn read_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("Z") {
        return Some(Utc.fix());
    }
    let digits = text[1..].replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = format!("0{minutes}").parse().ok()?;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    if minutes >= 60 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// Writes a time as RFC 3339, with no more of a fraction than it has.
fn write<Z: TimeZone>(time: &chrono::DateTime<Z>, in_utc: bool) -> String {
    let offset = time.offset().fix();
    // Before there were zones, places had offsets of odd seconds, which have no written form.
    let odd = offset.local_minus_utc() % 60 != 0;
    if in_utc || odd || !has_a_written_form(time) {
        return format!("{}Z", write_civil(time.naive_utc()));
    }
    format!("{}{offset}", write_civil(time.naive_local()))
}

fn write_civil(time: NaiveDateTime) -> String {
    let text = time.format("%Y-%m-%dT%H:%M:%S%.9f").to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl<Z: Zone> Written for DateTime<Z> {
    const EXPECTED: &'static str = "a time such as 2026-11-24T13:28:32Z";

    fn read(text: &str) -> Option<Self> {
        read(text, &Z::HERE).map(Self)
    }
}

impl<Z: Zone> FromStr for DateTime<Z> {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        written::parse(text)
    }
}

impl<Z: Zone> fmt::Display for DateTime<Z> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&write(&self.0, Z::IS_UTC))
    }
}

impl<Z: Zone> fmt::Debug for DateTime<Z> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<Z: Zone> Serialize for DateTime<Z> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if has_a_written_form(&self.0) {
            return serializer.serialize_str(&write(&self.0, Z::IS_UTC));
        }
        Err(S::Error::custom(format_args!(
            "times are written from the year 0 to 9999, and this one is in {}",
            self.0.year()
        )))
    }
}

impl<'de, Z: Zone> Deserialize<'de> for DateTime<Z> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        written::deserialize(deserializer)
    }
}

impl<Z: Zone> Default for DateTime<Z> {
    fn default() -> Self {
        Self(chrono::DateTime::UNIX_EPOCH.with_timezone(&Z::HERE))
    }
}

impl<Z: Zone> Deref for DateTime<Z> {
    type Target = chrono::DateTime<Z>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<Z: Zone> From<chrono::DateTime<Z>> for DateTime<Z> {
    fn from(time: chrono::DateTime<Z>) -> Self {
        Self(time)
    }
}

impl<Z: Zone> From<DateTime<Z>> for chrono::DateTime<Z> {
    fn from(time: DateTime<Z>) -> Self {
        time.0
    }
}

impl<Z: Zone> PartialEq for DateTime<Z> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<Z: Zone> Eq for DateTime<Z> {}

impl<Z: Zone> PartialOrd for DateTime<Z> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Z: Zone> Ord for DateTime<Z> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<Z: Zone> Hash for DateTime<Z> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Result<String, Malformed> {
        text.parse::<DateTime<Utc>>().map(|time| time.to_string())
    }

    #[test]
    fn every_form_of_a_time_is_read_and_one_is_written() {
        for (text, expected) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02t03:04:05z", "2024-01-02T03:04:05Z"),
            ("2024-01-02 03:04:05", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.6789", "2024-01-02T03:04:05.6789Z"),
            (
                "2024-01-02T03:04:05.123456789Z",
                "2024-01-02T03:04:05.123456789Z",
            ),
            ("2024-01-02T03:04:05.500Z", "2024-01-02T03:04:05.5Z"),
            ("2024-01-02T03:04", "2024-01-02T03:04:00Z"),
            ("2024-01-02T03", "2024-01-02T03:00:00Z"),
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("2024-01-02T03:04:05+05:30", "2024-01-01T21:34:05Z"),
            ("2024-01-02T03:04:05+0530", "2024-01-01T21:34:05Z"),
            ("2024-01-02T03:04:05 05:30", "2024-01-01T21:34:05Z"),
            ("2024-01-02T03:04:05.25-08", "2024-01-02T11:04:05.25Z"),
            ("2024-01-02T03+01:00", "2024-01-02T02:00:00Z"),
            ("999-01-02T03:04:05", "0999-01-02T03:04:05Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "now",
            "2024-13-01",
            "2024-01-02T",
            "2024-01-02T25",
            "2024-01-02T03:04:05X",
            "2024-01-02T03:04:05+5",
            "2024-01-02T03:04:05+05:60",
            "2024-01-02T03:04:05+99:00",
            "2024-01-02T03:04:05+é:00",
            "2024-01-02T03:04:05Z+01:00",
            "+12024-01-02",
            "-0001-01-02",
        ] {
            let error = utc(text).unwrap_err().to_string();
            let expected = format!("expected a time such as 2026-11-24T13:28:32Z, got {text:?}");
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn a_time_without_offset_is_in_the_zone_of_its_type() {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();
        let local = |text| write(&read(text, &zone).unwrap(), false);
        assert_eq!(local("2024-01-02T03:04:05"), "2024-01-02T03:04:05+02:00");
        assert_eq!(local("2024-01-02T03:04:05Z"), "2024-01-02T05:04:05+02:00");
        assert_eq!(local("2024-01-02"), "2024-01-02T00:00:00+02:00");
    }

    #[test]
    fn a_local_time_is_written_with_its_offset_and_means_the_same_read_again() {
        let time: DateTime<Local> = "2024-01-02T03:04:05.25Z".parse().unwrap();
        let text = time.to_string();
        assert!(!text.ends_with('Z'), "{text}");
        assert_eq!(text.parse::<DateTime<Local>>().unwrap(), time);
        assert_eq!(time.timestamp(), 1_704_164_645);
    }

    #[test]
    fn an_offset_of_odd_seconds_is_written_in_utc() {
        let zone = FixedOffset::east_opt(3208).unwrap();
        let time = zone.with_ymd_and_hms(1890, 1, 1, 0, 0, 0).unwrap();
        assert_eq!(write(&time, false), "1889-12-31T23:06:32Z");
    }

    #[test]
    fn a_time_beyond_four_digits_of_year_is_shown_but_not_sent() {
        let time = DateTime::from(chrono::DateTime::<Utc>::MAX_UTC);
        assert!(time.to_string().starts_with("+262142-12-31T"));
        let error = serde_json::to_string(&time).unwrap_err().to_string();
        assert_eq!(
            error,
            "times are written from the year 0 to 9999, and this one is in 262142"
        );
    }

    #[test]
    fn the_default_is_the_epoch() {
        assert_eq!(
            DateTime::<Utc>::default().to_string(),
            "1970-01-01T00:00:00Z"
        );
        assert_eq!(DateTime::<Local>::default().timestamp(), 0);
    }
}
