//! The moment of a record: UTC milliseconds, and their text of always 23 bytes.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// Bytes of a stamp's text, `2024-09-19T13:28:32.162`.
pub(crate) const STAMP_BYTES: usize = 23;

/// A moment in UTC, in milliseconds since 1970, from the year 0 to the end of the year 9999.
///
/// Its text has always 23 bytes, so that the order of texts is the order of moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(i64);

impl Stamp {
    /// `0000-01-01T00:00:00.000`.
    pub const MIN: Self = Self(-62_167_219_200_000);
    /// `9999-12-31T23:59:59.999`.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The moment `milliseconds` after the start of 1970; what lies outside of
    /// [`Stamp::MIN`] to [`Stamp::MAX`] becomes the nearer of the two.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        if milliseconds < Self::MIN.0 {
            Self::MIN
        } else if milliseconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(milliseconds)
        }
    }

    /// Milliseconds since the start of 1970.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = StampText::new().of(*self);
        f.pad(std::str::from_utf8(&text).expect("a stamp's text is ASCII"))
    }
}

impl FromStr for Stamp {
    type Err = StampError;

    /// Reads exactly what [`Stamp`] displays.
    fn from_str(text: &str) -> Result<Self, StampError> {
        Self::of_text(text.as_bytes()).ok_or_else(|| StampError(text.to_owned()))
    }
}

impl Stamp {
    /// Reads the 23 bytes that a stamp displays as; `None` when they are anything else.
    pub(crate) fn of_text(text: &[u8]) -> Option<Self> {
        let text: &[u8; STAMP_BYTES] = text.try_into().ok()?;
        for (at, expected) in [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'.'),
        ] {
            if text[at] != expected {
                return None;
            }
        }
        let year = i32::try_from(number(&text[0..4])?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, number(&text[5..7])?, number(&text[8..10])?)?;
        let moment = date.and_hms_milli_opt(
            number(&text[11..13])?,
            number(&text[14..16])?,
            number(&text[17..19])?,
            number(&text[20..23])?,
        )?;
        Some(Self(moment.and_utc().timestamp_millis()))
    }
}

/// The number that a few decimal digits say; `None` when one is not a digit.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u32::from(digit - b'0'))
    })
}

/// The text is not a [`Stamp`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no stamp, expected a form like 2024-09-19T13:28:32.162")]
pub struct StampError(String);

/// Writes stamps as text, and remembers the text of the last second: records come
/// thousands to a second, and the calendar is dear.
#[derive(Debug)]
pub(crate) struct StampText {
    second: i64,
    text: [u8; STAMP_BYTES],
}

impl StampText {
    pub(crate) const fn new() -> Self {
        Self {
            second: 0,
            text: *b"1970-01-01T00:00:00.000",
        }
    }

    pub(crate) fn of(&mut self, stamp: Stamp) -> [u8; STAMP_BYTES] {
        let second = stamp.0.div_euclid(1000);
        if second != self.second {
            self.turn_to(second);
        }
        let fraction = u32::try_from(stamp.0.rem_euclid(1000)).expect("a fraction is below 1000");
        digits(&mut self.text[20..23], fraction);
        self.text
    }

    fn turn_to(&mut self, second: i64) {
        let moment = DateTime::from_timestamp(second, 0)
            .expect("every stamp is within the calendar")
            .naive_utc();
        let year = u32::try_from(moment.year()).expect("no stamp is before the year 0");
        for (place, value) in [
            (0..4, year),
            (5..7, moment.month()),
            (8..10, moment.day()),
            (11..13, moment.hour()),
            (14..16, moment.minute()),
            (17..19, moment.second()),
        ] {
            digits(&mut self.text[place], value);
        }
        self.second = second;
    }
}

/// Fills `place` with the last digits of `value`.
fn digits(place: &mut [u8], mut value: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(value % 10).expect("a digit is below 10");
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limits_are_the_first_and_last_moment_of_four_digit_years() {
        assert_eq!(Stamp::MIN.to_string(), "0000-01-01T00:00:00.000");
        assert_eq!(Stamp::MAX.to_string(), "9999-12-31T23:59:59.999");
        assert_eq!(Stamp::from_milliseconds(i64::MIN), Stamp::MIN);
        assert_eq!(Stamp::from_milliseconds(i64::MAX), Stamp::MAX);
    }

    #[test]
    fn the_fraction_is_cut_and_never_carried() {
        let stamp: Stamp = "2024-09-19T13:28:38.999".parse().unwrap();
        assert_eq!(stamp.milliseconds() % 1000, 999);
        assert_eq!(
            Stamp::from_milliseconds(stamp.milliseconds() + 1).to_string(),
            "2024-09-19T13:28:39.000"
        );
    }

    #[test]
    fn anything_but_the_exact_form_is_refused() {
        for text in [
            "",
            "2024-09-19T13:28:32",
            "2024-09-19 13:28:32.162",
            "2024-13-19T13:28:32.162",
            "2024-02-30T13:28:32.162",
            "2024-09-19T24:28:32.162",
            "2024-09-19T13:28:32.16x",
            "2024-09-19T13:28:32.162Z",
        ] {
            assert!(text.parse::<Stamp>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_stamp_is_read_back_and_sorts_as_its_text(
            a in Stamp::MIN.0..=Stamp::MAX.0,
            b in Stamp::MIN.0..=Stamp::MAX.0,
            near in -5000_i64..5000,
        ) {
            let mut text = StampText::new();
            for (a, b) in [(a, b), (a, a.saturating_add(near))] {
                let (a, b) = (Stamp::from_milliseconds(a), Stamp::from_milliseconds(b));
                let (of_a, of_b) = (text.of(a), text.of(b));
                prop_assert_eq!(Stamp::of_text(&of_a), Some(a));
                prop_assert_eq!(of_a.cmp(&of_b), a.cmp(&b));
            }
        }
    }
}
