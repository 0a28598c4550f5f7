use std::path::PathBuf;
use std::time::SystemTime;

use ansar_home_layout::{Home, RoleName};
use ansar_log::window::{self, Surroundings, Window, WindowError, Zone};
use ansar_log::{Entry, Stamp, Store, StoredRecord};
use clap::Args;

use super::selection::{role, unknown};
use crate::cli::GlobalOptions;
use crate::error::CommandError;
use crate::output::Output;

const EXAMPLE: &str = "\
A TIME is 2024-09-19T13:28:32.162, or less of it from the right; UTC, or with --clock local.
A SPAN is like 5m, 1h30m or 7d10s.

Example:
  ansar log crunch_server
  ansar log crunch_server --back=1d --count=100
  ansar log crunch_server --last=HOUR
  ansar log group.default";

/// Show what a role logged in a window of time
///
/// At most one beginning (--from, --last, --start, --back) and at most one ending (--to,
/// --span, --count) are given. Without them it is the last five minutes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The role; `group.<name>` is the supervisor of a group.
    #[arg(value_name = "ROLE")]
    role: String,
    /// The home [default: .ansar-home in the working folder].
    home: Option<PathBuf>,
    /// Begin at a time.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Begin with the current MONTH, WEEK, DAY, HOUR, MINUTE, or part of an hour: HALF, QUARTER,
    /// TEN, FIVE minutes.
    #[arg(long, value_name = "UNIT")]
    last: Option<String>,
    /// Begin with a start of the role, 0 being the first that is remembered, -1 the last.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    start: Option<i64>,
    /// Begin that long ago.
    #[arg(long, value_name = "SPAN")]
    back: Option<String>,
    /// End before a time.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// End that long after the beginning.
    #[arg(long, value_name = "SPAN")]
    span: Option<String>,
    /// End after a number of records.
    #[arg(long, value_name = "NUMBER")]
    count: Option<u64>,
    /// Read and show local time.
    #[arg(long)]
    clock: bool,
}

pub(crate) fn run(
    arguments: Arguments,
    global: &GlobalOptions,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let home = global.open_home(arguments.home.as_deref())?;
    let role = role(&arguments.role)?;
    check_known(&home, &role)?;
    let asked = window::Arguments {
        from: arguments.from,
        last: arguments.last,
        start: arguments.start,
        back: arguments.back,
        to: arguments.to,
        span: arguments.span,
        count: arguments.count,
        clock: arguments.clock,
    };
    let window = window_of(&home, &role, &asked)?;
    let zone = Zone::new(&window::local_offset);
    let show = |record: &StoredRecord, output: &mut Output<'_>| {
        if asked.clock {
            output.bytes(zone.text(record.stamp()).as_bytes())?;
            output.bytes(record.bytes_after_stamp())
        } else {
            output.bytes(record.bytes())
        }
    };
    print(&Store::open(&home.logs(&role)), window, output, show)
}

/// A supervisor is known by its logs, as it is nothing that was added.
fn check_known(home: &Home, role: &RoleName) -> Result<(), CommandError> {
    let is_known = match role.group() {
        Some(_) => home.logs(role).is_dir(),
        None => home.role(role)?.is_some(),
    };
    if is_known { Ok(()) } else { Err(unknown(role)) }
}

fn window_of(
    home: &Home,
    role: &RoleName,
    asked: &window::Arguments,
) -> Result<Window, CommandError> {
    let history = if asked.start.is_some() {
        home.history(role)?
    } else {
        Vec::new()
    };
    let starts: Vec<Stamp> = history
        .iter()
        .map(|run| Stamp::from_milliseconds(run.start))
        .collect();
    let surroundings = Surroundings {
        now: now(),
        zone: Zone::new(&window::local_offset),
        starts: &starts,
    };
    window::window(asked, &surroundings).map_err(|error| {
        let message = format!("cannot show the log of \"{role}\": {error}");
        match error {
            WindowError::NoSuchStart { .. } => CommandError::failure(message),
            _ => CommandError::usage(message),
        }
    })
}

fn print(
    store: &Store,
    window: Window,
    output: &mut Output<'_>,
    show: impl Fn(&StoredRecord, &mut Output<'_>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut left = window.count.unwrap_or(u64::MAX);
    if left == 0 {
        return Ok(());
    }
    for entry in store.records(Some(window.begin), window.end)? {
        match entry {
            Entry::Damage(damage) => output.word(format_args!("ansar: {damage}")),
            Entry::Record(record) => {
                show(&record, output)?;
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command is the edge at which the clock is read"
)]
fn now() -> Stamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let milliseconds = since_epoch.unwrap_or_default().as_millis();
    Stamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
