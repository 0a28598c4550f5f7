//! Numbers, sizes and times that are refused when they are zero or absurd.

use serde::de::{Deserialize, Deserializer, Error};

use crate::settings::ByteSize;

/// The longest body, in bytes: it stands in memory as a whole, several times.
const SIZE: u64 = 1_000_000_000;

/// Reads a count from 1 to `MOST`.
pub(super) fn count<'de, const MOST: u64, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<usize, D::Error> {
    let count = usize::deserialize(deserializer)?;
    if (1..=MOST).contains(&(count as u64)) {
        return Ok(count);
    }
    Err(D::Error::custom(format_args!(
        "expected 1 to {MOST}, got {count}"
    )))
}

/// Reads a size from one byte to [`SIZE`].
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ByteSize, D::Error> {
    let size = ByteSize::deserialize(deserializer)?;
    if (1..=SIZE).contains(&size.bytes()) {
        return Ok(size);
    }
    Err(D::Error::custom(format_args!(
        "expected 1 byte to {}, got {size}",
        ByteSize::new(SIZE)
    )))
}

/// Times, `1m30s`.
pub(super) mod time {
    use std::fmt;
    use std::time::Duration;

    use serde::de::{self, Deserializer, Visitor};
    use serde::ser::Serializer;

    /// The shortest time that a client on the same machine can keep to.
    const LEAST: Duration = Duration::from_millis(1);

    /// The longest time that anybody waits for anything.
    const MOST: Duration = Duration::from_hours(1);

    /// Writes a time as it is read.
    pub(in crate::http) fn serialize<S: Serializer>(
        time: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&shown(*time))
    }

    /// Reads a time from [`LEAST`] to [`MOST`].
    pub(in crate::http) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        deserializer.deserialize_any(TimeVisitor)
    }

    /// Without the spaces that would have to be quoted on a command line.
    fn shown(time: Duration) -> String {
        humantime::format_duration(time)
            .to_string()
            .replace(' ', "")
    }

    struct TimeVisitor;

    impl Visitor<'_> for TimeVisitor {
        type Value = Duration;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a time such as 30s or 1m30s")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
            let time = humantime::parse_duration(text).map_err(|_| {
                E::custom(format_args!(
                    "expected a time such as 30s or 1m30s, got {text:?}"
                ))
            })?;
            if (LEAST..=MOST).contains(&time) {
                return Ok(time);
            }
            Err(E::custom(format_args!(
                "expected {} to {}, got {}",
                shown(LEAST),
                shown(MOST),
                shown(time)
            )))
        }
    }
}
