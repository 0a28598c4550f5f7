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

#[handlers]
impl Server {
    fn square(&mut self, Square { x }: Square, _: &mut Context<Self>, _: &Client) -> Output {
        Output { value: x * x }
    }
}

fn main() {}
