//! What a member of a message can be.
//!
//! # Types
//!
//! | in Rust | in JSON | in a query string or a form |
//! | --- | --- | --- |
//! | `bool` | `true` | `flag=true` |
//! | `i8` … `i128`, `u8` … `u128` | `5`, and nothing out of range | `count=5` |
//! | `f32`, `f64` | `1.5`, `2`, `1e22`; never infinity | `x=1.5` |
//! | `String`, `char` | `"text"` | `name=text` |
//! | [`Bytes`] | `"AAH/"`, base64 with padding; read without it too | `picture=AAH/`, a `+` as `%2B` |
//! | [`DateTime<Utc>`](DateTime) | `"2024-01-02T03:04:05.6789Z"` | `placed=2024-01-02T03:04:05Z` |
//! | [`DateTime<Local>`](DateTime) | `"2024-01-02T05:04:05+02:00"` | `local=2024-01-02T05:04:05` |
//! | [`TimeSpan`] | `"1d2h3m4.5s"`, `"-1m"`, `"0s"` | `patience=1m30s` |
//! | [`Uuid`] | `"67e55044-10b1-426f-9247-bb680e5fe0c8"` | `id=67e55044-…` |
//! | an enumeration | `"High"` | `priority=High` |
//! | [`TypeName`] | `"crunch_api.Multiply"` | `kind=crunch_api.Multiply` |
//! | `Option<T>` | `null`, or as `T` | as `T` |
//! | `Vec<T>`, `VecDeque<T>`, `BTreeSet<T>`, `HashSet<T>` | `[1,2]` | `tags=a&tags=b` |
//! | `[T; N]` up to 32, tuples | `[1,2]`, as long as it must be | `fixed=1&fixed=2` |
//! | `BTreeMap<String, V>`, `HashMap<String, V>` | `{"a":1}` | only in JSON |
//! | maps with any other key | `[[1,"a"],[2,"b"]]` | only in JSON |
//! | a message, `Box<M>` | `{"x":1.5}` | only in JSON |
//! | [`Any`] | `["module.Name",{"x":1.5},[]]` | only in JSON |
//!
//! - **Times** are read in every form of RFC 3339, and with less: without the
//!   offset (which is then that of the type), the fraction, the seconds, the
//!   minutes or the time of the day. The offset is `Z`, `+hh:mm`, `+hhmm` or `+hh`.
//! - **Maps** of every kind are read as an object and as a list of pairs. They are written as an
//!   object when every key is text: also enumerations, times and UUIDs are.
//! - **Sets** are read with what is in them twice, which counts once.
//! - **Whole numbers** beyond 64 bits are exact, except where JSON is read without knowing what
//!   is wanted: in an [`Any`] they are rounded, and in a request that has a list of pairs for a
//!   map they are refused.
//! - **Members left out** take their default. [`Any`] and [`TypeName`] have none, and stand in
//!   an `Option`.
//!
//! # Example
//!
//! ```
//! use std::collections::{BTreeMap, BTreeSet, VecDeque};
//!
//! use ansar::prelude::*;
//!
//! /// Sent by name. The default is the marked one, or else the first.
//! #[enumeration]
//! pub enum Priority {
//!     Low,
//!     #[default]
//!     Normal,
//!     High,
//! }
//!
//! #[message]
//! pub struct Line {
//!     text: String,
//!     price: f64,
//! }
//!
//! #[message]
//! pub struct Order {
//!     id: Uuid,
//!     placed: DateTime<Utc>,
//!     local: DateTime<Local>,
//!     patience: TimeSpan,
//!     priority: Priority,
//!     picture: Bytes,
//!     lines: Vec<Line>,
//!     tags: BTreeSet<String>,
//!     prices: BTreeMap<String, f64>,
//!     by_pair: BTreeMap<(i32, i32), f64>,
//!     parent: Option<Box<Order>>,
//!     anything: Option<Any>,
//!     kind: Option<TypeName>,
//!     fixed: [u8; 4],
//!     recent: VecDeque<f64>,
//! }
//!
//! let order = Order {
//!     patience: "1m30s".parse()?,
//!     kind: Some(TypeName::of::<Line>()),
//!     anything: Some(Any::of(&Line::default())?),
//!     ..Order::default()
//! };
//! assert_eq!(order.priority, Priority::Normal);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a client is told
//!
//! Where, what is expected there, and what was given instead:
//! `near "lines[3].price": expected a number, got "abc"`.

mod any;
mod bytes;
mod date_time;
mod message_member;
mod only_members;
mod time_span;
mod type_name;
mod written;

pub use chrono::{Local, Utc};
pub use uuid::Uuid;

pub use any::Any;
pub use bytes::Bytes;
pub use date_time::{DateTime, Zone};
#[doc(hidden)]
pub use message_member::MessageMember;
#[doc(hidden)]
pub use only_members::OnlyMembers;
pub use time_span::TimeSpan;
pub use type_name::TypeName;
pub use written::Malformed;

#[cfg(test)]
mod tests;
