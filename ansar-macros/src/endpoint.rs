//! `#[http(GET, "/customers/{id}", status = 200)]`, below `#[message]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, ItemStruct, LitInt, LitStr, Result, Token};

use crate::member::Member;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The method, the path and the status by which a message is asked for.
struct Endpoint {
    method: Ident,
    path: LitStr,
    status: u16,
}

impl Parse for Endpoint {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let method = method(input.parse()?)?;
        input.parse::<Token![,]>()?;
        let path = input.parse()?;
        let mut endpoint = Self {
            method,
            path,
            status: 200,
        };
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            endpoint.status = status(input)?;
        }
        Ok(endpoint)
    }
}

fn method(method: Ident) -> Result<Ident> {
    if METHODS.iter().any(|known| method == known) {
        return Ok(method);
    }
    let text = format!("expected a method: one of {}", METHODS.join(", "));
    Err(Error::new(method.span(), text))
}

fn status(input: ParseStream<'_>) -> Result<u16> {
    let name: Ident = input.parse()?;
    if name != "status" {
        return Err(Error::new(name.span(), "expected `status = 201`"));
    }
    input.parse::<Token![=]>()?;
    let status: LitInt = input.parse()?;
    match status.base10_parse() {
        Ok(number @ 200..=299) => Ok(number),
        _ => Err(Error::new(
            status.span(),
            "a success has a status from 200 to 299; a refusal is a `Faulted` with another one",
        )),
    }
}

/// Takes the attribute out of a message, and gives what it says to the message's trait.
pub(crate) fn take(item: &mut ItemStruct, members: &[Member]) -> Result<TokenStream> {
    let mut said = TokenStream::new();
    let mut kept = Vec::with_capacity(item.attrs.len());
    for attribute in item.attrs.drain(..) {
        if !attribute.path().is_ident("http") {
            kept.push(attribute);
            continue;
        }
        if !said.is_empty() {
            let text = "a message is asked for in one way: make another one for the other way";
            return Err(Error::new_spanned(attribute, text));
        }
        let endpoint: Endpoint = attribute.parse_args()?;
        check_path(&endpoint.path, members)?;
        said = endpoint.into_constant();
    }
    item.attrs = kept;
    Ok(said)
}

impl Endpoint {
    fn into_constant(self) -> TokenStream {
        let method = self.method.to_string();
        let Self { path, status, .. } = self;
        quote! {
            const ENDPOINT: ::core::option::Option<::ansar::Endpoint> =
                ::core::option::Option::Some(::ansar::Endpoint {
                    method: #method,
                    path: #path,
                    status: #status,
                });
        }
    }
}

/// Every part in braces is a member of the message.
fn check_path(path: &LitStr, members: &[Member]) -> Result<()> {
    let text = path.value();
    if !text.starts_with('/') {
        return Err(Error::new(path.span(), "a path begins with `/`"));
    }
    for part in text.split('/') {
        let Some(name) = part.strip_prefix('{') else {
            if part.contains(['{', '}', '?', '#']) {
                let problem = format!("`{part}` is neither plain text nor a member in braces");
                return Err(Error::new(path.span(), problem));
            }
            continue;
        };
        let name = name.strip_suffix('}').unwrap_or(name);
        if !members.iter().any(|member| member.name == name) {
            let problem =
                format!("the message has no member `{name}`: add it, or name one that it has");
            return Err(Error::new(path.span(), problem));
        }
    }
    Ok(())
}
