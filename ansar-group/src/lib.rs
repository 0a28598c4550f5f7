//! The supervisor of one group of roles: a pure core and a thin driver around it.
//!
//! - [`supervise`] is the supervisor: it starts every role of a [`Plan`] in a process group of
//!   its own, says by one [`Report`] whether all of them became ready, stores what they print,
//!   and ends them when it is told to (SIGTERM or SIGINT).
//! - [`status`] and [`stop`] need no supervisor: they look at locks, documents and processes,
//!   and so are right also when the supervisor is dead or hangs.
//!
//! What happens next is decided in one place, a function of state, event and time (`group.rs`);
//! `driver.rs` performs it. The supervisor has one thread: what it spawns inherits exactly one
//! lock, and costs no more for it.
//!
//! A role lives while its lock is held. The lock is inherited by the role and passed on to
//! its descendants, so that it tells the truth whatever becomes of the supervisor.
#![warn(missing_docs)]

mod capture;
mod chronicle;
mod clock;
mod driver;
mod ended;
mod error;
mod event;
mod fifo;
mod group;
mod history;
mod holder;
mod lines;
mod member;
mod notification;
mod notify_socket;
mod orphan;
mod plan;
mod report;
mod signals;
mod spawn;
mod status;
mod stop;
mod supervise;
mod waiting;

pub use error::Error;
pub use plan::{Plan, READY_LIMIT, STOP_LIMIT};
pub use report::Report;
pub use status::{RoleStatus, Supervision, status};
pub use stop::{Stopped, stop};
pub use supervise::supervise;
