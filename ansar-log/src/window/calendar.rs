//! Local time, and the starts of calendar units.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike, Days, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone,
    Timelike,
};

use crate::stamp::Stamp;

/// The span within which a zone changes its offset at most once.
const DAY_MILLISECONDS: i64 = 86_400_000;

/// A zone: seconds by which its time is ahead of UTC, at any moment.
#[derive(Clone, Copy)]
pub struct Zone<'a> {
    offset: &'a dyn Fn(Stamp) -> i32,
}

impl fmt::Debug for Zone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zone").finish_non_exhaustive()
    }
}

impl<'a> Zone<'a> {
    /// UTC itself.
    pub const UTC: Zone<'static> = Zone { offset: &|_| 0 };

    /// The zone whose time is `offset` seconds ahead of UTC.
    pub const fn new(offset: &'a dyn Fn(Stamp) -> i32) -> Self {
        Self { offset }
    }

    /// The stamp as the local time of the zone, `2026-11-24t11:27:11.903`, 23 bytes; the
    /// lower-case `t` says that it is not UTC.
    pub fn text(self, stamp: Stamp) -> String {
        let local = stamp.milliseconds() + self.offset_milliseconds(stamp);
        Stamp::from_milliseconds(local)
            .to_string()
            .replace('T', "t")
    }

    /// What clocks in the zone show.
    pub(super) fn local(self, stamp: Stamp) -> NaiveDateTime {
        let local = stamp.milliseconds() + self.offset_milliseconds(stamp);
        DateTime::from_timestamp_millis(local)
            .expect("a stamp and an offset are within the calendar")
            .naive_utc()
    }

    /// The first moment at which clocks in the zone show `local`. When they skip it, the
    /// moment at which they would show it had they not been set forward.
    pub(super) fn moment(self, local: NaiveDateTime) -> Option<Stamp> {
        let local = local.and_utc().timestamp_millis();
        let at = |offset: i64| Stamp::from_milliseconds(local - offset);
        let before = self.offset_milliseconds(Stamp::from_milliseconds(local - DAY_MILLISECONDS));
        let after = self.offset_milliseconds(Stamp::from_milliseconds(local + DAY_MILLISECONDS));
        let shown = [before, after]
            .into_iter()
            .filter(|offset| self.offset_milliseconds(at(*offset)) == *offset)
            .max();
        let moment = local - shown.unwrap_or(before);
        let stamp = Stamp::from_milliseconds(moment);
        (stamp.milliseconds() == moment).then_some(stamp)
    }

    fn offset_milliseconds(self, stamp: Stamp) -> i64 {
        i64::from((self.offset)(stamp)) * 1000
    }
}

/// Seconds by which the time of this machine's zone (`TZ`, or the system's) is ahead of UTC at `stamp`.
pub fn local_offset(stamp: Stamp) -> i32 {
    DateTime::from_timestamp_millis(stamp.milliseconds()).map_or(0, |moment| {
        Local
            .offset_from_utc_datetime(&moment.naive_utc())
            .fix()
            .local_minus_utc()
    })
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// From the first of the month.
    Month,
    /// From Monday.
    Week,
    /// From midnight.
    Day,
    /// From the full hour.
    Hour,
    /// From the full minute.
    Minute,
    /// From the full or half hour.
    Half,
    /// From the quarter of an hour.
    Quarter,
    /// From the tenth minutes of the hour.
    Ten,
    /// From the fifth minutes of the hour.
    Five,
}

impl Last {
    /// What the names are, for messages.
    pub(super) const EXPECTED: &'static str =
        "MONTH, WEEK, DAY, HOUR, MINUTE, HALF, QUARTER, TEN or FIVE";

    /// When the unit began that `now` is in.
    pub(super) fn begin(self, now: Stamp, zone: Zone<'_>) -> Option<Stamp> {
        let local = zone.local(now);
        let (date, minutes) = match self {
            Self::Month => return zone.moment(local.date().with_day(1)?.and_time(NaiveTime::MIN)),
            Self::Week => return zone.moment(monday(local.date())?.and_time(NaiveTime::MIN)),
            Self::Day => return zone.moment(local.date().and_time(NaiveTime::MIN)),
            Self::Hour => (local, 60),
            Self::Minute => (local, 1),
            Self::Half => (local, 30),
            Self::Quarter => (local, 15),
            Self::Ten => (local, 10),
            Self::Five => (local, 5),
        };
        // Back by what clocks show, so that an hour that comes twice is not left.
        let past = i64::from(date.minute() % minutes) * 60_000
            + i64::from(date.second()) * 1000
            + i64::from(date.and_utc().timestamp_subsec_millis());
        Some(Stamp::from_milliseconds(now.milliseconds() - past))
    }
}

fn monday(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))
}

impl FromStr for Last {
    type Err = ();

    /// Reads the name of a unit, in upper or lower case.
    fn from_str(name: &str) -> Result<Self, ()> {
        Ok(match name.to_ascii_uppercase().as_str() {
            "MONTH" => Self::Month,
            "WEEK" => Self::Week,
            "DAY" => Self::Day,
            "HOUR" => Self::Hour,
            "MINUTE" => Self::Minute,
            "HALF" => Self::Half,
            "QUARTER" => Self::Quarter,
            "TEN" => Self::Ten,
            "FIVE" => Self::Five,
            _ => return Err(()),
        })
    }
}
