use std::rc::Rc;

use ansar::prelude::*;

#[message]
struct Share {
    count: Rc<u8>,
}

fn main() {}
