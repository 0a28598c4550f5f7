//! `#[states]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, Fields, ItemEnum};

pub(crate) fn expand(item: &ItemEnum) -> TokenStream {
    if let Some(variant) = item
        .variants
        .iter()
        .find(|variant| !matches!(variant.fields, Fields::Unit))
    {
        let text = "a state is a name: what belongs to it is a member of the object";
        return Error::new(variant.fields.span(), text).into_compile_error();
    }
    let name = &item.ident;
    let variants = item.variants.iter().map(|variant| &variant.ident);
    let shown = item
        .variants
        .iter()
        .map(|variant| shown(&variant.ident.to_string()));
    quote! {
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
        )]
        #item

        impl ::ansar::State for #name {
            fn name(&self) -> &'static str {
                match self {
                    #(Self::#variants => #shown,)*
                }
            }
        }
    }
}

/// `HalfOpen` as the record shows it, `HALF_OPEN`.
fn shown(variant: &str) -> String {
    let mut shown = String::with_capacity(variant.len() + 2);
    for letter in variant.chars() {
        if letter.is_uppercase() && !shown.is_empty() {
            shown.push('_');
        }
        shown.extend(letter.to_uppercase());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_state_is_shown_in_capitals() {
        assert_eq!(shown("Open"), "OPEN");
        assert_eq!(shown("HalfOpen"), "HALF_OPEN");
    }
}
