//! A member of a type without a default cannot be left out by a client.

use ansar::prelude::*;

#[message]
struct Order {
    kind: TypeName,
}

fn main() {}
