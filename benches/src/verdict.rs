//! A figure held against what it should be.

use std::fmt;

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// A figure, and what it should be. It prints as one line of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the figure says.
    pub what: String,
    /// What it should be.
    pub bound: Bound,
    /// What it is.
    pub found: f64,
}

impl Verdict {
    /// By what share of the bound the figure is short of it, or nothing when it has
    /// reached it. No figure at all is short by everything.
    fn shortfall(&self) -> Option<f64> {
        let (bound, missing) = match self.bound {
            Bound::AtLeast(bound) => (bound, bound - self.found),
            Bound::AtMost(bound) => (bound, self.found - bound),
        };
        if missing.is_nan() {
            return Some(1.0);
        }
        (missing > 0.0).then(|| missing / bound)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, bound) = match self.bound {
            Bound::AtLeast(bound) => ('≥', bound),
            Bound::AtMost(bound) => ('≤', bound),
        };
        let Self { what, found, .. } = self;
        write!(formatter, "{what:<58} {sign} {bound:>5.2} {found:>8.2}  ")?;
        match self.shortfall() {
            None => formatter.write_str("reached"),
            Some(share) => write!(formatter, "short by {:.1} %", share * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bound: Bound, found: f64) -> String {
        let what = "a figure".to_owned();
        Verdict { what, bound, found }.to_string()
    }

    #[test]
    fn a_figure_at_its_bound_has_reached_it() {
        assert!(line(Bound::AtLeast(0.95), 0.95).ends_with("reached"));
        assert!(line(Bound::AtMost(15.0), 15.0).ends_with("reached"));
    }

    #[test]
    fn a_figure_beyond_its_bound_says_by_how_much() {
        assert!(line(Bound::AtLeast(0.8), 0.6).ends_with("0.60  short by 25.0 %"));
        assert!(line(Bound::AtMost(10.0), 12.0).ends_with("12.00  short by 20.0 %"));
    }

    #[test]
    fn what_could_not_be_measured_is_short() {
        assert!(line(Bound::AtMost(10.0), f64::NAN).ends_with("short by 100.0 %"));
    }
}
