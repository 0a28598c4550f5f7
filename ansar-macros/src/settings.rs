//! `#[settings]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Error, ItemStruct};

use crate::member::{self, Member};
use crate::message;

pub(crate) fn expand(mut item: ItemStruct) -> TokenStream {
    let members = match member::take(&mut item) {
        Ok(members) => members,
        Err(error) => return error.into_compile_error(),
    };
    if let Err(error) = check_names(&members) {
        return error.into_compile_error();
    }
    let name = item.ident.clone();
    let data = message::data(&item, &members);
    let names = members.iter().map(|member| member.name.unraw().to_string());
    let descriptions = members.iter().map(|member| &member.description);
    let listen_at = listen_at(&members);
    quote! {
        #data

        impl ::ansar::Settings for #name {
            const VERSION: &'static str = match ::core::option_env!("CARGO_PKG_VERSION") {
                ::core::option::Option::Some(version) => version,
                ::core::option::Option::None => "",
            };
            const ABOUT: &'static str = match ::core::option_env!("CARGO_PKG_DESCRIPTION") {
                ::core::option::Option::Some(about) => about,
                ::core::option::Option::None => "",
            };
            const MEMBERS: &'static [::ansar::settings::Member] = &[
                #(::ansar::settings::Member { name: #names, description: #descriptions }),*
            ];
            #listen_at
        }
    }
}

/// Options that every program has: a member of that name could not be reached.
const RESERVED: [&str; 7] = [
    "debug_level",
    "dump_settings",
    "store_settings",
    "factory_reset",
    "settings_file",
    "help",
    "version",
];

/// With this begin the names of the options of HTTP, which every program has, also those that
/// a later version will have.
const RESERVED_PREFIX: &str = "http_";

fn check_names(members: &[Member]) -> Result<(), Error> {
    for member in members {
        let name = member.name.unraw().to_string();
        let text = if RESERVED.contains(&name.as_str()) {
            format!("every program has an option `{name}`: give this member another name")
        } else if name.starts_with(RESERVED_PREFIX) {
            format!(
                "names that begin with `{RESERVED_PREFIX}` are those of the HTTP settings that \
                 every program has: give this member another name than `{name}`"
            )
        } else {
            continue;
        };
        return Err(Error::new(member.name.span(), text));
    }
    Ok(())
}

/// Settings that have a `host` and a `port` know where to listen.
fn listen_at(members: &[Member]) -> TokenStream {
    let has = |name: &str, kind: &str| {
        members
            .iter()
            .any(|member| member.name == name && member.is_written(kind))
    };
    if !has("host", "String") || !has("port", "u16") {
        return TokenStream::new();
    }
    quote! {
        fn listen_at(&self) -> ::core::option::Option<::ansar::HostPort> {
            ::core::option::Option::Some(::ansar::HostPort::new(&self.host, self.port))
        }
    }
}
