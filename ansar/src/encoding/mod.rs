//! Messages to and from text: JSON, query strings and forms.
//!
//! Each way has a fast half, which knows nothing but success, and a slow half, which
//! is taken when the fast one fails. Reading, the slow half goes through a [`Tree`]
//! that keeps the path of what is wrong and knows maps as lists of pairs; writing, it
//! goes through a tree to make those lists.

mod access;
mod beside;
mod building;
mod finite;
mod growing;
mod json;
mod pairs;
mod reading;
mod refusal;
mod text;
mod tree;
mod words;

pub(crate) use json::{
    EncodeError, decode, decode_beside, encode, encode_members, read, tree_of, value_of,
};
pub(crate) use pairs::decode_pairs;
pub(crate) use refusal::Refusal;
pub(crate) use tree::Tree;
