//! The lines that every response begins with, and the edge where the day is read.

use std::cell::RefCell;
use std::time::{Duration, UNIX_EPOCH};

use bytes::BytesMut;
use httpdate::HttpDate;
use nix::time::{ClockId, clock_gettime};

/// The lines, and the second of which they speak.
struct Stamped {
    second: i64,
    lines: String,
}

thread_local! {
    static STAMPED: RefCell<Stamped> = const {
        RefCell::new(Stamped { second: i64::MIN, lines: String::new() })
    };
}

/// Writes `Server` and `Date`. They are formatted once a second.
pub(crate) fn put_server_and_date(out: &mut BytesMut) {
    // The coarse clock is a read of memory, and good to a few milliseconds.
    let second = clock_gettime(ClockId::CLOCK_REALTIME_COARSE)
        .expect("every Linux has this clock")
        .tv_sec();
    STAMPED.with_borrow_mut(|stamped| {
        if stamped.second != second {
            *stamped = Stamped::at(second);
        }
        out.extend_from_slice(stamped.lines.as_bytes());
    });
}

impl Stamped {
    fn at(second: i64) -> Self {
        let since_epoch = Duration::from_secs(u64::try_from(second).unwrap_or(0));
        let date = HttpDate::from(UNIX_EPOCH + since_epoch);
        Self {
            second,
            lines: format!("\r\nServer: ansar\r\nDate: {date}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_written_as_the_standard_says() {
        assert_eq!(
            Stamped::at(784_111_777).lines,
            "\r\nServer: ansar\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT"
        );
    }
}
