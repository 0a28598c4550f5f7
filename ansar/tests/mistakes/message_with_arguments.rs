//! Attributes and members that a message does not have.

use ansar::prelude::*;

#[message(name = "multiply")]
struct Multiply {
    x: f64,
}

#[message]
struct Pair(f64, f64);

#[message]
struct Generic<T> {
    x: T,
}

#[message]
struct Unsendable {
    thread: std::thread::Thread,
}

fn main() {}
