//! What the compiler says of a member that cannot travel.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that a member of a message can have.
///
/// `#[message]` asks for it so that an author hears of messages before hearing of serde.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a member of a message",
    label = "not a type that a message can have",
    note = "write `#[message]` above a struct of your own, `#[enumeration]` above an enumeration; `ansar::types` lists the other types"
)]
pub trait MessageMember {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> MessageMember for T {}
