//! Enumerations are names, and only names.

use ansar::prelude::*;

#[enumeration]
enum Shape {
    Point,
    Circle(f64),
}

#[enumeration]
enum Nothing {}

#[enumeration]
enum Generic<T> {
    Low(T),
}

#[enumeration]
struct Priority {
    high: bool,
}

#[enumeration]
enum Twice {
    #[default]
    Low,
    #[default]
    High,
}

fn main() {}
