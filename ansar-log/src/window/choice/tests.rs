use super::*;

/// Europe/Berlin in 2026: summer time from 2026-03-29T01:00Z to 2026-10-25T01:00Z.
fn berlin(stamp: Stamp) -> i32 {
    let is_summer = (at("2026-03-29T01:00:00.000")..at("2026-10-25T01:00:00.000")).contains(&stamp);
    if is_summer { 7200 } else { 3600 }
}

fn at(text: &str) -> Stamp {
    text.parse().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "as arguments hold their values")]
fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

const NOW: &str = "2026-07-01T13:47:38.123";

/// The window at [`NOW`] or another moment, as `begin end count`.
fn shown_at(now: &str, arguments: &Arguments) -> String {
    let starts = [
        "2026-06-01T00:00:00.000",
        "2026-06-02T00:00:00.000",
        "2026-06-03T00:00:00.000",
    ]
    .map(at);
    let surroundings = Surroundings {
        now: at(now),
        zone: Zone::new(&berlin),
        starts: &starts,
    };
    match window(arguments, &surroundings) {
        Ok(Window { begin, end, count }) => {
            let end = end.map_or("-".to_owned(), |end| end.to_string());
            let count = count.map_or("-".to_owned(), |count| count.to_string());
            format!("{begin} {end} {count}")
        }
        Err(error) => error.to_string(),
    }
}

fn shown(arguments: &Arguments) -> String {
    shown_at(NOW, arguments)
}

#[test]
fn nothing_said_is_the_last_five_minutes() {
    assert_eq!(shown(&Arguments::default()), "2026-07-01T13:42:38.123 - -");
}

#[test]
fn back_is_a_span_before_now() {
    for (back, expected) in [
        ("1d", "2026-06-30T13:47:38.123 - -"),
        ("1h30m", "2026-07-01T12:17:38.123 - -"),
        ("7d10s", "2026-06-24T13:47:28.123 - -"),
        ("4.5s", "2026-07-01T13:47:33.623 - -"),
        ("100000years", "0000-01-01T00:00:00.000 - -"),
        (
            "5x",
            "--back=\"5x\" is not valid, expected a span like 5m, 1h30m, 7d10s or 4.5s",
        ),
    ] {
        let arguments = Arguments {
            back: text(back),
            ..Arguments::default()
        };
        assert_eq!(shown(&arguments), expected);
    }
}

#[test]
fn from_is_a_time_in_many_forms() {
    for (from, utc, local) in [
        (
            "2026-06-30",
            "2026-06-30T00:00:00.000",
            "2026-06-29T22:00:00.000",
        ),
        (
            "2026-06-30T12:30",
            "2026-06-30T12:30:00.000",
            "2026-06-30T10:30:00.000",
        ),
        (
            "2026-06-30 12:30:15",
            "2026-06-30T12:30:15.000",
            "2026-06-30T10:30:15.000",
        ),
        (
            "2026-06-30t12:30:15.5",
            "2026-06-30T12:30:15.500",
            "2026-06-30T10:30:15.500",
        ),
        (
            "2026-01-30t12:30:15.1239",
            "2026-01-30T12:30:15.123",
            "2026-01-30T11:30:15.123",
        ),
        (
            "2026-06-30T12:30:15Z",
            "2026-06-30T12:30:15.000",
            "2026-06-30T12:30:15.000",
        ),
        (
            "2026-06-30T12:30:15.25-05:00",
            "2026-06-30T17:30:15.250",
            "2026-06-30T17:30:15.250",
        ),
        (
            "2026-06-30T12:30+05:30",
            "2026-06-30T07:00:00.000",
            "2026-06-30T07:00:00.000",
        ),
        (
            "2026-06-30 00:30:00-00:00",
            "2026-06-30T00:30:00.000",
            "2026-06-30T00:30:00.000",
        ),
    ] {
        for (clock, expected) in [(false, utc), (true, local)] {
            let arguments = Arguments {
                from: text(from),
                clock,
                ..Arguments::default()
            };
            assert_eq!(
                shown(&arguments),
                format!("{expected} - -"),
                "{from} {clock}"
            );
        }
    }
}

#[test]
fn what_is_no_time_is_refused_with_what_is_expected() {
    for from in [
        "",
        "now",
        "2026-6-30",
        "2026-06-31",
        "2026-06-30T",
        "2026-06-30T12",
        "2026-06-30T24:00",
        "2026-06-30T12:60",
        "2026-06-30T12:30:60",
        "2026-06-30T12:30:15.",
        "2026-06-30T12:30:15.1x",
        "2026-06-30T12:30:15+5",
        "2026-06-30T12:30:15+24:00",
        "2026-06-30x12:30",
        "2026-06-30Z",
        "0000-01-01T00:00+01:00",
        "2026-06-3\u{e9}",
    ] {
        let arguments = Arguments {
            from: text(from),
            ..Arguments::default()
        };
        let expected = format!("--from={from:?} is not valid, expected {}", time::EXPECTED);
        assert_eq!(shown(&arguments), expected);
    }
}

/// The present moment, the unit, and when it began in UTC and in Berlin.
const UNITS: &[(&str, &str, &str, &str)] = &[
    (
        NOW,
        "MONTH",
        "2026-07-01T00:00:00.000",
        "2026-06-30T22:00:00.000",
    ),
    (
        NOW,
        "WEEK",
        "2026-06-29T00:00:00.000",
        "2026-06-28T22:00:00.000",
    ),
    (
        NOW,
        "DAY",
        "2026-07-01T00:00:00.000",
        "2026-06-30T22:00:00.000",
    ),
    (
        NOW,
        "HOUR",
        "2026-07-01T13:00:00.000",
        "2026-07-01T13:00:00.000",
    ),
    (
        NOW,
        "MINUTE",
        "2026-07-01T13:47:00.000",
        "2026-07-01T13:47:00.000",
    ),
    (
        NOW,
        "HALF",
        "2026-07-01T13:30:00.000",
        "2026-07-01T13:30:00.000",
    ),
    (
        NOW,
        "QUARTER",
        "2026-07-01T13:45:00.000",
        "2026-07-01T13:45:00.000",
    ),
    (
        NOW,
        "TEN",
        "2026-07-01T13:40:00.000",
        "2026-07-01T13:40:00.000",
    ),
    (
        NOW,
        "five",
        "2026-07-01T13:45:00.000",
        "2026-07-01T13:45:00.000",
    ),
    // A Monday's first moment is its own week; a Sunday's last one is not the next.
    (
        "2026-06-29T00:00:00.000",
        "WEEK",
        "2026-06-29T00:00:00.000",
        "2026-06-28T22:00:00.000",
    ),
    (
        "2026-06-28T21:59:59.999",
        "WEEK",
        "2026-06-22T00:00:00.000",
        "2026-06-21T22:00:00.000",
    ),
    // Across the edge of a month and of a year, and in UTC yesterday.
    (
        "2026-01-02T12:00:00.000",
        "WEEK",
        "2025-12-29T00:00:00.000",
        "2025-12-28T23:00:00.000",
    ),
    (
        "2026-06-30T22:30:00.000",
        "DAY",
        "2026-06-30T00:00:00.000",
        "2026-06-30T22:00:00.000",
    ),
    (
        "2026-06-30T22:30:00.000",
        "MONTH",
        "2026-06-01T00:00:00.000",
        "2026-06-30T22:00:00.000",
    ),
    // The day and the month when clocks were set forward and back.
    (
        "2026-03-29T10:00:00.000",
        "DAY",
        "2026-03-29T00:00:00.000",
        "2026-03-28T23:00:00.000",
    ),
    (
        "2026-10-25T10:00:00.000",
        "DAY",
        "2026-10-25T00:00:00.000",
        "2026-10-24T22:00:00.000",
    ),
    (
        "2026-10-31T10:00:00.000",
        "MONTH",
        "2026-10-01T00:00:00.000",
        "2026-09-30T22:00:00.000",
    ),
    // The hour that clocks show twice, its second time.
    (
        "2026-10-25T01:20:00.000",
        "HOUR",
        "2026-10-25T01:00:00.000",
        "2026-10-25T01:00:00.000",
    ),
];

#[test]
fn last_is_the_start_of_the_current_unit() {
    for (now, unit, utc, local) in UNITS {
        for (clock, expected) in [(false, utc), (true, local)] {
            let arguments = Arguments {
                last: text(unit),
                clock,
                ..Arguments::default()
            };
            assert_eq!(
                shown_at(now, &arguments),
                format!("{expected} - -"),
                "{now} {unit} {clock}"
            );
        }
    }
    let arguments = Arguments {
        last: text("YEAR"),
        ..Arguments::default()
    };
    assert_eq!(
        shown(&arguments),
        "--last=\"YEAR\" is not valid, expected MONTH, WEEK, DAY, HOUR, MINUTE, HALF, QUARTER, TEN or FIVE"
    );
}

#[test]
fn a_slot_in_a_zone_of_half_hours_is_the_slot_that_its_clocks_show() {
    let surroundings = Surroundings {
        now: at("2026-07-01T13:47:38.123"),
        zone: Zone::new(&|_| -12_600),
        starts: &[],
    };
    let arguments = Arguments {
        last: text("HOUR"),
        clock: true,
        ..Arguments::default()
    };
    let begin = window(&arguments, &surroundings).unwrap().begin;
    assert_eq!(begin, at("2026-07-01T13:30:00.000"));
}

#[test]
fn local_times_that_are_skipped_or_come_twice_are_one_moment() {
    for (from, expected) in [
        ("2026-03-29T01:59", "2026-03-29T00:59:00.000"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00.000"),
        ("2026-03-29T03:00", "2026-03-29T01:00:00.000"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00.000"),
        ("2026-10-25T03:00", "2026-10-25T02:00:00.000"),
    ] {
        let arguments = Arguments {
            from: text(from),
            clock: true,
            ..Arguments::default()
        };
        assert_eq!(shown(&arguments), format!("{expected} - -"), "{from}");
    }
}

#[test]
fn a_start_reaches_to_the_next_start() {
    for (start, expected) in [
        (0, "2026-06-01T00:00:00.000 2026-06-02T00:00:00.000 -"),
        (2, "2026-06-03T00:00:00.000 - -"),
        (-1, "2026-06-03T00:00:00.000 - -"),
        (-3, "2026-06-01T00:00:00.000 2026-06-02T00:00:00.000 -"),
        (3, "--start=3 does not exist, expected -3 to 2"),
        (-4, "--start=-4 does not exist, expected -3 to 2"),
        (
            i64::MIN,
            "--start=-9223372036854775808 does not exist, expected -3 to 2",
        ),
    ] {
        let arguments = Arguments {
            start: Some(start),
            ..Arguments::default()
        };
        assert_eq!(shown(&arguments), expected);
    }
    let surroundings = Surroundings {
        now: at(NOW),
        zone: Zone::UTC,
        starts: &[],
    };
    let arguments = Arguments {
        start: Some(0),
        ..Arguments::default()
    };
    assert_eq!(
        window(&arguments, &surroundings).unwrap_err().to_string(),
        "--start=0 does not exist, expected a program that was started"
    );
}

#[test]
fn endings_are_a_time_a_span_or_a_count() {
    let day = Arguments {
        from: text("2026-06-01"),
        ..Arguments::default()
    };
    for (arguments, expected) in [
        (
            Arguments {
                to: text("2026-06-02"),
                ..day.clone()
            },
            "2026-06-01T00:00:00.000 2026-06-02T00:00:00.000 -",
        ),
        (
            Arguments {
                to: text("2026-06-01"),
                ..day.clone()
            },
            "2026-06-01T00:00:00.000 2026-06-01T00:00:00.000 -",
        ),
        (
            Arguments {
                span: text("1h30m"),
                ..day.clone()
            },
            "2026-06-01T00:00:00.000 2026-06-01T01:30:00.000 -",
        ),
        (
            Arguments {
                span: text("100000years"),
                ..day.clone()
            },
            "2026-06-01T00:00:00.000 9999-12-31T23:59:59.999 -",
        ),
        (
            Arguments {
                count: Some(0),
                ..day
            },
            "2026-06-01T00:00:00.000 - 0",
        ),
        (
            Arguments {
                start: Some(1),
                count: Some(10),
                ..Arguments::default()
            },
            "2026-06-02T00:00:00.000 2026-06-03T00:00:00.000 10",
        ),
        (
            Arguments {
                start: Some(0),
                span: text("2d"),
                ..Arguments::default()
            },
            "2026-06-01T00:00:00.000 2026-06-03T00:00:00.000 -",
        ),
    ] {
        assert_eq!(shown(&arguments), expected);
    }
}

#[test]
fn an_end_before_its_beginning_is_refused_and_both_are_shown() {
    let day = Arguments {
        from: text("2026-06-01"),
        ..Arguments::default()
    };
    for (arguments, expected) in [
        (
            Arguments {
                to: text("2026-05-31"),
                ..day.clone()
            },
            "the end 2026-05-31T00:00:00.000 comes before the beginning 2026-06-01T00:00:00.000",
        ),
        (
            Arguments {
                to: text("2026-05-31"),
                clock: true,
                ..day.clone()
            },
            "the end 2026-05-31t00:00:00.000 comes before the beginning 2026-06-01t00:00:00.000",
        ),
        (
            Arguments {
                span: text("-1h"),
                ..day
            },
            "--span=\"-1h\" is not valid, expected a span like 5m, 1h30m, 7d10s or 4.5s",
        ),
    ] {
        assert_eq!(shown(&arguments), expected);
    }
}

#[test]
fn two_beginnings_or_two_endings_are_refused_by_name() {
    let arguments = Arguments {
        start: Some(0),
        back: text("5m"),
        ..Arguments::default()
    };
    assert_eq!(
        shown(&arguments),
        "--start and --back are both beginnings, expected at most one of --from, --last, --start, --back"
    );
    let arguments = Arguments {
        span: text("5m"),
        count: Some(3),
        ..Arguments::default()
    };
    assert_eq!(
        shown(&arguments),
        "--span and --count are both endings, expected at most one of --to, --span, --count"
    );
}

#[test]
fn local_stamps_have_a_small_t() {
    let zone = Zone::new(&berlin);
    assert_eq!(
        zone.text(at("2026-07-01T23:27:11.903")),
        "2026-07-02t01:27:11.903"
    );
}
