//! From what the user said to a window.

use super::argument::{Argument, WindowError};
use super::calendar::{Last, Zone};
use super::{span, time};
use crate::stamp::Stamp;

/// How far back a window begins when nothing is said: five minutes.
const BACK_MILLISECONDS: i64 = 5 * 60 * 1000;

/// What the user said; at most one beginning and at most one ending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Beginning: a time.
    pub from: Option<String>,
    /// Beginning: the start of the current calendar unit.
    pub last: Option<String>,
    /// Beginning: the N-th start of the program, from 0; negative from the end.
    pub start: Option<i64>,
    /// Beginning: a span before now.
    pub back: Option<String>,
    /// Ending: a time.
    pub to: Option<String>,
    /// Ending: a span after the beginning.
    pub span: Option<String>,
    /// Ending: a number of records.
    pub count: Option<u64>,
    /// Whether times without a zone, and calendar units, are local.
    pub clock: bool,
}

/// What the user did not say, and a window depends on.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The present moment.
    pub now: Stamp,
    /// The user's zone, for `clock`.
    pub zone: Zone<'a>,
    /// When the program was started, oldest first.
    pub starts: &'a [Stamp],
}

/// Which records to show: those with `begin <= stamp < end`, at most `count`, the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment of the window.
    pub begin: Stamp,
    /// The first moment after the window; `None` for a window that reaches to the newest record.
    pub end: Option<Stamp>,
    /// The most records to show.
    pub count: Option<u64>,
}

/// The window that the user asked for.
pub fn window(
    arguments: &Arguments,
    surroundings: &Surroundings<'_>,
) -> Result<Window, WindowError> {
    let asked = Asked {
        arguments,
        now: surroundings.now,
        zone: if arguments.clock {
            surroundings.zone
        } else {
            Zone::UTC
        },
        starts: surroundings.starts,
    };
    asked.refuse_two()?;
    let (begin, next_start) = asked.begin()?;
    let end = asked.end(begin)?;
    if let Some(end) = end
        && end < begin
    {
        return Err(WindowError::EndBeforeBegin {
            begin: asked.text(begin),
            end: asked.text(end),
        });
    }
    Ok(Window {
        begin,
        // A run's window ends with the run, also when a number of records is asked for.
        end: if arguments.to.is_some() || arguments.span.is_some() {
            end
        } else {
            next_start
        },
        count: arguments.count,
    })
}

struct Asked<'a> {
    arguments: &'a Arguments,
    now: Stamp,
    zone: Zone<'a>,
    starts: &'a [Stamp],
}

impl Asked<'_> {
    fn refuse_two(&self) -> Result<(), WindowError> {
        let Arguments {
            from,
            last,
            start,
            back,
            to,
            span,
            count,
            ..
        } = self.arguments;
        let beginnings = [
            (Argument::From, from.is_some()),
            (Argument::Last, last.is_some()),
            (Argument::Start, start.is_some()),
            (Argument::Back, back.is_some()),
        ];
        if let Some((first, second)) = two(&beginnings) {
            return Err(WindowError::TwoBeginnings(first, second));
        }
        let endings = [
            (Argument::To, to.is_some()),
            (Argument::Span, span.is_some()),
            (Argument::Count, count.is_some()),
        ];
        match two(&endings) {
            Some((first, second)) => Err(WindowError::TwoEndings(first, second)),
            None => Ok(()),
        }
    }

    /// The beginning, and the next start of the program when it is a start.
    fn begin(&self) -> Result<(Stamp, Option<Stamp>), WindowError> {
        let Arguments {
            from,
            last,
            start,
            back,
            ..
        } = self.arguments;
        if let Some(text) = from {
            return Ok((self.time(Argument::From, text)?, None));
        }
        if let Some(name) = last {
            let unit: Last = name
                .parse()
                .map_err(|()| invalid(Argument::Last, name, Last::EXPECTED))?;
            // Nothing is before the first moment of the calendar.
            return Ok((unit.begin(self.now, self.zone).unwrap_or(Stamp::MIN), None));
        }
        if let Some(index) = *start {
            return self.start(index);
        }
        let length = match back {
            Some(text) => self.span(Argument::Back, text)?,
            None => BACK_MILLISECONDS,
        };
        let begin = self.now.milliseconds().saturating_sub(length);
        Ok((Stamp::from_milliseconds(begin), None))
    }

    fn start(&self, index: i64) -> Result<(Stamp, Option<Stamp>), WindowError> {
        let missing = || WindowError::NoSuchStart {
            index,
            starts: self.starts.len(),
        };
        let distance = usize::try_from(index.unsigned_abs()).map_err(|_| missing())?;
        let at = if index < 0 {
            self.starts
                .len()
                .checked_sub(distance)
                .ok_or_else(missing)?
        } else {
            distance
        };
        let begin = *self.starts.get(at).ok_or_else(missing)?;
        Ok((begin, self.starts.get(at + 1).copied()))
    }

    /// The ending that is a time or a span.
    fn end(&self, begin: Stamp) -> Result<Option<Stamp>, WindowError> {
        let Arguments { to, span, .. } = self.arguments;
        if let Some(text) = to {
            return self.time(Argument::To, text).map(Some);
        }
        let Some(text) = span else {
            return Ok(None);
        };
        let end = begin
            .milliseconds()
            .saturating_add(self.span(Argument::Span, text)?);
        Ok(Some(Stamp::from_milliseconds(end)))
    }

    fn time(&self, argument: Argument, text: &str) -> Result<Stamp, WindowError> {
        time::moment(text, self.zone).ok_or_else(|| invalid(argument, text, time::EXPECTED))
    }

    fn span(&self, argument: Argument, text: &str) -> Result<i64, WindowError> {
        span::milliseconds(text).ok_or_else(|| invalid(argument, text, span::EXPECTED))
    }

    /// A moment as the user writes them.
    fn text(&self, stamp: Stamp) -> String {
        if self.arguments.clock {
            self.zone.text(stamp)
        } else {
            stamp.to_string()
        }
    }
}

/// The first two that were given.
fn two(given: &[(Argument, bool)]) -> Option<(Argument, Argument)> {
    let mut given = given.iter().filter(|(_, is_given)| *is_given);
    let first = given.next()?.0;
    Some((first, given.next()?.0))
}

fn invalid(argument: Argument, value: &str, expected: &'static str) -> WindowError {
    WindowError::Invalid {
        argument,
        value: value.to_owned(),
        expected,
    }
}

#[cfg(test)]
mod tests;
