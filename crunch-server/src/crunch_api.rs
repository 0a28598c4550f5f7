//! What a client may ask of the crunch server, and what it may hear back.

use ansar::prelude::*;

/// Asks for `x * y`.
#[message]
pub struct Multiply {
    pub x: f64,
    pub y: f64,
}

/// Asks for `x / y`.
#[message]
pub struct Divide {
    pub x: f64,
    pub y: f64,
}

/// The result of a calculation.
#[message]
pub struct Output {
    pub value: f64,
}

/// Everything that a client may send.
pub type CrunchApi = (Multiply, Divide);
