//! `#[enumeration]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, Fields, ItemEnum, Result, Variant, parse_quote};

pub(crate) fn expand(mut item: ItemEnum) -> TokenStream {
    if let Err(error) = check(&item) {
        return error.into_compile_error();
    }
    mark_default(&mut item);
    quote! {
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::cmp::PartialOrd,
            ::core::cmp::Ord,
            ::core::hash::Hash,
            ::core::default::Default,
            ::ansar::serde::Serialize,
            ::ansar::serde::Deserialize,
        )]
        #[serde(crate = "::ansar::serde")]
        #item
    }
}

fn check(item: &ItemEnum) -> Result<()> {
    if !item.generics.params.is_empty() {
        return Err(Error::new(
            item.generics.span(),
            "an enumeration has no type parameters",
        ));
    }
    if item.variants.is_empty() {
        return Err(Error::new(
            item.ident.span(),
            "an enumeration needs a name at least, as in `enum Priority { Low, High }`",
        ));
    }
    item.variants.iter().try_for_each(check_variant)
}

fn check_variant(variant: &Variant) -> Result<()> {
    match variant.fields {
        Fields::Unit => Ok(()),
        _ => Err(Error::new(
            variant.fields.span(),
            "an enumeration is names only: put what goes with a name in a message",
        )),
    }
}

/// The first variant is the default when the author names none.
fn mark_default(item: &mut ItemEnum) {
    let is_marked = |variant: &Variant| {
        let mut attributes = variant.attrs.iter();
        attributes.any(|attribute| attribute.path().is_ident("default"))
    };
    if !item.variants.iter().any(is_marked)
        && let Some(first) = item.variants.first_mut()
    {
        first.attrs.push(parse_quote!(#[default]));
    }
}
