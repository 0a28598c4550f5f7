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

#[handlers(mailbx = 100)]
impl Server {
    fn square(&mut self, Square { x }: Square) -> Output {
        Output { value: x * x }
    }
}

fn main() {}
