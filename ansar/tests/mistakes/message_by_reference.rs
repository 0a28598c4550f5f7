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
    fn square(&mut self, square: &Square) -> Output {
        Output { value: square.x * square.x }
    }
}

fn main() {}
