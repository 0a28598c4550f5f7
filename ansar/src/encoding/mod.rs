//! Messages to and from text: JSON, query strings and forms.

mod finite;
mod json;
mod pairs;
mod text;

pub(crate) use json::{EncodeError, decode, decode_beside, encode};
pub(crate) use pairs::decode_pairs;

/// Puts a decoding error in our words: members, not fields.
pub(crate) fn in_our_words(path: &serde_path_to_error::Path, cause: &str) -> String {
    let cause = cause
        .replace("unknown field", "unknown member")
        .replace("missing field", "missing member")
        .replace("duplicate field", "member given twice:");
    let path = path.to_string();
    if path == "." || cause.starts_with("unknown member") || cause.starts_with("member given twice")
    {
        return cause;
    }
    format!("near \"{path}\": {cause}")
}
