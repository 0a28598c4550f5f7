use ansar::prelude::*;

#[message]
struct Square {
    x: f64,
}

#[message]
struct Cube {
    x: f64,
}

#[message]
struct Output {
    value: f64,
}

struct Server;

impl Program for Server {
    type Settings = ();
    type Api = (Square, Cube);

    fn create((): ()) -> Self {
        Self
    }
}

#[handlers]
impl Server {
    fn square(&mut self, Square { x }: Square) -> Output {
        Output { value: x * x }
    }
}

fn main() {}
