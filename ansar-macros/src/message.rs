//! `#[message]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Fields, Ident, ItemStruct};

use crate::endpoint;
use crate::member::{self, Member};

pub(crate) fn expand(mut item: ItemStruct) -> TokenStream {
    let taken = member::take(&mut item).and_then(|members| {
        let endpoint = endpoint::take(&mut item, &members)?;
        Ok((members, endpoint))
    });
    let (members, endpoint) = match taken {
        Ok(taken) => taken,
        Err(error) => return error.into_compile_error(),
    };
    let name = item.ident.clone();
    let checks = members.iter().map(check);
    let data = data(&item, &members);
    quote! {
        const _: fn() = || {
            fn check<T: ::ansar::types::MessageMember>() {}
            #(#checks)*
        };

        #data

        impl ::ansar::Message for #name {
            const MODULE: &'static str = ::ansar::message::last_segment(::core::module_path!());
            const NAME: &'static str = ::core::stringify!(#name);
            #endpoint
        }
    }
}

/// Has the compiler say what to do about a member that cannot travel, where it stands.
fn check(member: &Member) -> TokenStream {
    let kind = &member.kind;
    quote_spanned!(kind.span()=> check::<#kind>();)
}

/// The struct itself, with the traits of plain data.
pub(crate) fn data(item: &ItemStruct, members: &[Member]) -> TokenStream {
    let name = &item.ident;
    let (representation, conversions) = representation(item);
    let defaults = default(name, members, &item.fields);
    quote! {
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::cmp::PartialEq,
            ::ansar::serde::Serialize,
            ::ansar::serde::Deserialize,
        )]
        #[serde(crate = "::ansar::serde")]
        #representation
        #item

        #defaults
        #conversions
    }
}

/// How serde sees the struct, and what has to be said besides.
fn representation(item: &ItemStruct) -> (TokenStream, TokenStream) {
    if matches!(item.fields, Fields::Unit) {
        without_members(&item.ident)
    } else {
        with_members(&item.ident)
    }
}

/// A struct without members is the empty object, not null.
fn without_members(name: &Ident) -> (TokenStream, TokenStream) {
    let attribute =
        quote!(#[serde(from = "::ansar::message::Empty", into = "::ansar::message::Empty")]);
    let conversions = quote! {
        impl ::core::convert::From<::ansar::message::Empty> for #name {
            fn from(_: ::ansar::message::Empty) -> Self {
                #name
            }
        }
        impl ::core::convert::From<#name> for ::ansar::message::Empty {
            fn from(_: #name) -> Self {
                ::ansar::message::Empty {}
            }
        }
    };
    (attribute, conversions)
}

/// `remote = "Self"` makes serde write functions instead of its traits, so that the one that
/// reads can be given less than serde itself would take.
fn with_members(name: &Ident) -> (TokenStream, TokenStream) {
    let attribute = quote!(#[serde(default, deny_unknown_fields, remote = "Self")]);
    let traits = quote! {
        impl ::ansar::serde::Serialize for #name {
            fn serialize<S: ::ansar::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
        impl<'de> ::ansar::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::ansar::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                Self::deserialize(::ansar::types::OnlyMembers(deserializer))
            }
        }
    };
    (attribute, traits)
}

fn default(name: &Ident, members: &[Member], fields: &Fields) -> TokenStream {
    let value = if matches!(fields, Fields::Unit) {
        quote!(#name)
    } else {
        let names = members.iter().map(|member| &member.name);
        let values = members.iter().map(Member::default);
        quote!(Self { #(#names: #values),* })
    };
    quote! {
        impl ::core::default::Default for #name {
            fn default() -> Self {
                #value
            }
        }
    }
}
