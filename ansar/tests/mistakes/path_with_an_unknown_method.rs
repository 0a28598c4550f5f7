use ansar::prelude::*;

#[message]
#[http(FETCH, "/customers/{id}")]
struct Look {
    id: u64,
}

fn main() {}
