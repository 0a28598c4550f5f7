//! What the benchmarks share: the work of the peers, and the measuring of them.
//!
//! Peers need [`argument`], [`readiness`], [`listen_at`], the calculation and, when
//! they are raw, the [`event_loop`]. What measures starts a [`Contender`] for every
//! peer, [`compare`]s them in turn, and holds the medians against targets.

pub mod accounting;
pub mod argument;
pub mod event_loop;
pub mod readiness;
pub mod section;
pub mod table;
pub mod targets;

mod calculation;
mod comparison;
mod connection;
mod contender;
mod error;
mod exchange;
mod figures;
mod lifetime;
mod listener;
mod load;
mod median;
mod peer;
mod plan;
mod role;
mod running;
mod verdict;

pub use calculation::{Operands, Operation, Reply};
pub use comparison::compare;
pub use connection::{Answer, Malformed};
pub use contender::{Contender, Service};
pub use error::Error;
pub use figures::Figures;
pub use lifetime::Lifetime;
pub use listener::listen_at;
pub use median::median;
pub use peer::Peer;
pub use plan::Plan;
pub use role::Role;
pub use running::{Program, Running};
pub use verdict::{Bound, Verdict};
