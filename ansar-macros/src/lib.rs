//! The attribute macros of `ansar`, which re-exports them: use them from there.
//!
//! Each attribute has a room of its own and expands to the public traits of
//! `ansar`, so that whatever an attribute writes can also be written by hand.

mod endpoint;
mod enumeration;
mod handlers;
mod member;
mod message;
mod settings;
mod states;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Makes a plain struct a message.
///
/// The struct gains `Debug`, `Clone`, `PartialEq`, `Default`, serde's two traits
/// and `ansar::Message`. Members that a client leaves out take their default:
/// that of their type, or the one given by `#[default(…)]`. Members that the
/// struct does not have are refused. What a member can be is said in `ansar::types`.
///
/// A client asks for a message by its name. `#[http(GET, "/customers/{id}")]` below gives it
/// a method and a path of its own, whose parts in braces are members; `status = 201` behind it
/// is the status of a reply that is no fault.
#[proc_macro_attribute]
pub fn message(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(error) = refuse_arguments("message", arguments) {
        return error;
    }
    message::expand(parse_macro_input!(item)).into()
}

/// Makes a plain struct the settings of a program.
///
/// As `#[message]`, and `ansar::Settings`: every member becomes an option of
/// the command line, its documentation comment the option's help, and its
/// `#[default(…)]` the factory value.
#[proc_macro_attribute]
pub fn settings(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(error) = refuse_arguments("settings", arguments) {
        return error;
    }
    settings::expand(parse_macro_input!(item)).into()
}

/// Makes an enumeration of names that a member of a message can be.
///
/// It gains `Debug`, `Clone`, `Copy`, comparisons, `Hash`, `Default` and serde's
/// two traits. It is sent by name. The default is the variant with `#[default]`
/// above it, or else the first.
#[proc_macro_attribute]
pub fn enumeration(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(error) = refuse_arguments("enumeration", arguments) {
        return error;
    }
    enumeration::expand(parse_macro_input!(item)).into()
}

/// Makes the type of an `impl` block an object, and every method in it the handler of the
/// message that it takes.
///
/// A handler takes `&mut self`, one message, and when it wants them `client: &Client` and
/// `context: &mut Context<Self>`. What it returns is the reply.
///
/// `#[handlers(state = self.state)]` says where the object's state is, which is then shown in
/// the record; `#[handlers(mailbox = 100)]` says how many messages may wait for the object.
#[proc_macro_attribute]
pub fn handlers(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(arguments as handlers::Options);
    handlers::expand(&options, parse_macro_input!(item)).into()
}

/// Makes an enumeration without data the states of an object.
///
/// It gains `Debug`, `Clone`, `Copy`, `PartialEq`, `Eq` and `ansar::State`: the record shows
/// `HalfOpen` as `[HALF_OPEN]`.
#[proc_macro_attribute]
pub fn states(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(error) = refuse_arguments("states", arguments) {
        return error;
    }
    states::expand(&parse_macro_input!(item)).into()
}

fn refuse_arguments(attribute: &str, arguments: TokenStream) -> Option<TokenStream> {
    let first = proc_macro2::TokenStream::from(arguments)
        .into_iter()
        .next()?;
    let text = format!("`#[{attribute}]` takes no arguments");
    Some(
        syn::Error::new(first.span(), text)
            .into_compile_error()
            .into(),
    )
}
