//! The supervisor of one group of roles: a pure core and a thin driver.
#![warn(missing_docs)]

mod ended;
mod event;
mod group;
