//! A handler that takes nothing.

use ansar::prelude::*;

#[message]
struct Multiply {
    x: f64,
    y: f64,
}

#[message]
struct Output {
    value: f64,
}

struct Server;

impl Program for Server {
    type Settings = ();
    type Api = (Multiply,);

    fn create(_settings: ()) -> Self {
        Self
    }
}

#[handlers]
impl Server {
    fn multiply(&mut self) -> Output {
        Output::default()
    }
}

fn main() {}
