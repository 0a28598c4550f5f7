//! What the benchmarks share: processes that are ended whatever happens, and medians.

mod median;
mod running;

pub use median::median;
pub use running::Running;
