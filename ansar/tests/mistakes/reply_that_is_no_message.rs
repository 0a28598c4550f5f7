use ansar::prelude::*;

#[message]
struct Square {
    x: f64,
}

#[message]
struct Output {
    value: f64,
}

struct Server;

impl Program for Server {
    type Settings = ();
    type Api = (Square,);

    fn create((): ()) -> Self {
        Self
    }
}

#[handlers]
impl Server {
    fn square(&mut self, Square { x }: Square) -> f64 {
        x * x
    }
}

fn main() {}
