use ansar::prelude::*;

#[settings]
struct Settings {
    help: bool,
}

fn main() {}
