//! Which records to show: the beginnings and endings of a window of time.
//!
//! Everything here is a pure function of what the user said and of the [`Surroundings`]:
//! the present moment, the zone, and when the program was started.

mod argument;
mod calendar;
mod choice;
mod span;
mod time;

pub use argument::{Argument, WindowError};
pub use calendar::{Last, Zone, local_offset};
pub use choice::{Arguments, Surroundings, Window, window};
pub use span::span;
