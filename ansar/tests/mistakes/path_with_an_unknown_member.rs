use ansar::prelude::*;

#[message]
#[http(GET, "/customers/{number}")]
struct Look {
    id: u64,
}

fn main() {}
