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

fn main() {}
