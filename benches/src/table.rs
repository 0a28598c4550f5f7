//! Figures as text.

use std::fmt::Write;

use crate::{Figures, Lifetime};

/// The figures of contenders under one load, each beside its ratio to those of the
/// first one.
pub fn comparison(connections: u32, rows: &[(&str, Figures)]) -> String {
    let plural = if connections == 1 { "" } else { "s" };
    let title = format!("{connections} connection{plural}");
    let mut text = format!(
        "{title:<22}{:>10}{:>7}{:>9}{:>7}{:>9}{:>7}{:>10}{:>7}{:>8}{:>11}\n",
        "requests/s",
        "ratio",
        "p50 µs",
        "ratio",
        "p99 µs",
        "ratio",
        "proc. µs",
        "ratio",
        "MB",
        "elsewhere"
    );
    let Some((_, limit)) = rows.first() else {
        return text;
    };
    for (name, figures) in rows {
        let ratio = |figure: fn(&Figures) -> f64| figure(figures) / figure(limit);
        writeln!(
            text,
            "{name:<22}{:>10.0}{:>7.2}{:>9.0}{:>7.2}{:>9.0}{:>7.2}{:>10.2}{:>7.2}{:>8.1}{:>11.2}",
            figures.requests_per_second,
            ratio(|figures| figures.requests_per_second),
            figures.p50_microseconds,
            ratio(|figures| figures.p50_microseconds),
            figures.p99_microseconds,
            ratio(|figures| figures.p99_microseconds),
            figures.processor_microseconds,
            ratio(|figures| figures.processor_microseconds),
            figures.megabytes,
            figures.busy_elsewhere,
        )
        .expect("writing to a string does not fail");
    }
    text
}

/// Memory of contenders, in megabytes.
pub fn memory(rows: &[(&str, f64)]) -> String {
    let mut text = format!("{:<22}{:>10}\n", "idle", "MB");
    for (name, megabytes) in rows {
        writeln!(text, "{name:<22}{megabytes:>10.1}").expect("writing to a string does not fail");
    }
    text
}

/// How long servers take to begin and to end.
pub fn lifetimes(rows: &[(&str, Lifetime)]) -> String {
    let mut text = format!(
        "{:<22}{:>22}{:>22}\n",
        "life", "to first answer, ms", "SIGTERM to gone, ms"
    );
    for (name, life) in rows {
        let [start, stop] = [life.start, life.stop].map(|time| time.as_secs_f64() * 1e3);
        writeln!(text, "{name:<22}{start:>22.2}{stop:>22.2}")
            .expect("writing to a string does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(requests_per_second: f64, microseconds: f64) -> Figures {
        Figures {
            requests_per_second,
            p50_microseconds: microseconds,
            p99_microseconds: microseconds * 2.0,
            processor_microseconds: microseconds / 10.0,
            megabytes: 1.25,
            busy_elsewhere: 0.5,
        }
    }

    #[test]
    fn every_row_is_compared_to_the_first() {
        let rows = [
            ("raw_loop", figures(200_000.0, 50.0)),
            ("crunch_server", figures(100_000.0, 75.0)),
        ];
        assert_eq!(
            comparison(64, &rows),
            "\
64 connections        requests/s  ratio   p50 µs  ratio   p99 µs  ratio  proc. µs  ratio      MB  elsewhere
raw_loop                  200000   1.00       50   1.00      100   1.00      5.00   1.00     1.2       0.50
crunch_server             100000   0.50       75   1.50      150   1.50      7.50   1.50     1.2       0.50
"
        );
    }
}
