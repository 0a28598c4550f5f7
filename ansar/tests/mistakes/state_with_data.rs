use ansar::prelude::*;

#[states]
enum Door {
    Closed,
    Open { since: u64 },
}

fn main() {}
