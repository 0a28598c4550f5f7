use ansar::prelude::*;

#[settings]
struct Settings {
    http_proxy: String,
}

fn main() {}
