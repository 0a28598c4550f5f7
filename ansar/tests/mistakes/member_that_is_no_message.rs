use ansar::prelude::*;

struct Point {
    x: f64,
}

#[message]
struct Move {
    to: Point,
}

fn main() {}
