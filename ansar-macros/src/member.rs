//! The members of a message or of settings: their defaults and their words.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, ExprLit, Field, Fields, Ident, ItemStruct, Lit, Meta, Result, Type,
};

/// One named member.
pub(crate) struct Member {
    pub(crate) name: Ident,
    pub(crate) kind: Type,
    /// The documentation comment, its lines joined by spaces.
    pub(crate) description: String,
    default: Option<Expr>,
}

impl Member {
    /// The expression that makes this member's default.
    pub(crate) fn default(&self) -> TokenStream {
        match &self.default {
            // A text literal is a `&str`, and the member nearly always a `String`.
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                quote!(::core::convert::Into::into(#text))
            }
            Some(value) => value.to_token_stream(),
            // A type without a default is shown where it stands.
            None => {
                let kind = &self.kind;
                quote_spanned!(kind.span()=> <#kind as ::core::default::Default>::default())
            }
        }
    }

    /// Whether the type is written exactly so.
    pub(crate) fn is_written(&self, kind: &str) -> bool {
        self.kind.to_token_stream().to_string() == kind
    }
}

/// Takes the members out of a struct, with the `#[default(…)]` that only we understand.
pub(crate) fn take(item: &mut ItemStruct) -> Result<Vec<Member>> {
    if !item.generics.params.is_empty() {
        return Err(Error::new(
            item.generics.span(),
            "messages and settings have no type parameters",
        ));
    }
    match &mut item.fields {
        Fields::Named(fields) => fields.named.iter_mut().map(take_member).collect(),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(fields) => Err(Error::new(
            fields.span(),
            "every member needs a name, as in `struct Multiply { x: f64, y: f64 }`",
        )),
    }
}

fn take_member(field: &mut Field) -> Result<Member> {
    let mut default = None;
    let mut kept = Vec::with_capacity(field.attrs.len());
    for attribute in field.attrs.drain(..) {
        if attribute.path().is_ident("default") {
            default = Some(attribute.parse_args()?);
        } else {
            kept.push(attribute);
        }
    }
    field.attrs = kept;
    Ok(Member {
        name: field.ident.clone().expect("a named field has a name"),
        kind: field.ty.clone(),
        description: description(&field.attrs),
        default,
    })
}

fn description(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
