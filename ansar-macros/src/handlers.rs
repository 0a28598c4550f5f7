//! `#[handlers]`.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Error, FnArg, ImplItem, ImplItemFn, ItemImpl, ReceiverKind, Result, ReturnType, Type};

const SHAPE: &str =
    "a handler takes `&mut self`, one message, and when it wants it `context: &mut Context<Self>`";

pub(crate) fn expand(item: ItemImpl) -> TokenStream {
    let implementations = implementations(&item).unwrap_or_else(Error::into_compile_error);
    quote! {
        #item
        #implementations
    }
}

fn implementations(item: &ItemImpl) -> Result<TokenStream> {
    let mut handled = HashMap::new();
    let mut output = TokenStream::new();
    for member in &item.items {
        let ImplItem::Fn(method) = member else {
            return Err(Error::new(
                member.span(),
                "only handlers belong here: put this in an `impl` of its own",
            ));
        };
        let message = message(method)?;
        if let Some(first) =
            handled.insert(message.to_token_stream().to_string(), &method.sig.ident)
        {
            let text = format!("`{first}` already handles this message: one handler for each");
            return Err(Error::new(message.span(), text));
        }
        output.extend(implementation(&item.self_ty, method, message));
    }
    Ok(output)
}

/// The type of the message that a method takes.
fn message(method: &ImplItemFn) -> Result<&Type> {
    let signature = &method.sig;
    if let Some(keyword) = &signature.asyncness {
        return Err(Error::new(
            keyword.span(),
            "a handler is short and does not wait: it is not `async`",
        ));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new(
            signature.generics.span(),
            "a handler has no type parameters",
        ));
    }
    let mut inputs = signature.inputs.iter();
    let (Some(FnArg::Receiver(receiver)), Some(FnArg::Typed(message)), context, None) =
        (inputs.next(), inputs.next(), inputs.next(), inputs.next())
    else {
        return Err(Error::new(signature.ident.span(), SHAPE));
    };
    if matches!(receiver.kind, ReceiverKind::Value) || matches!(context, Some(FnArg::Receiver(_))) {
        return Err(Error::new(receiver.span(), SHAPE));
    }
    if let Type::Reference(reference) = &*message.ty {
        return Err(Error::new(
            reference.span(),
            "a handler owns its message: take it by value, not by reference",
        ));
    }
    Ok(&message.ty)
}

fn implementation(object: &Type, method: &ImplItemFn, message: &Type) -> TokenStream {
    let name = &method.sig.ident;
    let reply = match &method.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, reply) => reply.to_token_stream(),
    };
    let context = (method.sig.inputs.len() > 2).then(|| quote!(, context));
    let (ignored, passed) = match context {
        Some(context) => (quote!(context), context),
        None => (quote!(_), TokenStream::new()),
    };
    quote! {
        impl ::ansar::Handler<#message> for #object {
            type Reply = #reply;

            fn handle(&mut self, message: #message, #ignored: &mut ::ansar::Context<Self>) -> Self::Reply {
                self.#name(message #passed)
            }
        }
    }
}
