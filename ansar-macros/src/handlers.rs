//! `#[handlers]`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Error, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, ReceiverKind, Result, ReturnType, Type,
};

const SHAPE: &str =
    "a handler takes `&mut self`, one message, and when it wants it `context: &mut Context<Self>`";

pub(crate) fn expand(item: ItemImpl) -> TokenStream {
    let mut handled = HashMap::new();
    // A method with a mistake does not hide the others from the compiler.
    let implementations = item.items.iter().map(|member| {
        implementation(&item.self_ty, member, &mut handled)
            .unwrap_or_else(Error::into_compile_error)
    });
    let implementations: TokenStream = implementations.collect();
    quote! {
        #item
        #implementations
    }
}

/// The trait's implementation for one method. `handled` has the messages so far, and which
/// method handles each.
fn implementation(
    object: &Type,
    member: &ImplItem,
    handled: &mut HashMap<String, Ident>,
) -> Result<TokenStream> {
    let ImplItem::Fn(method) = member else {
        let text = "only handlers belong here: put this in an `impl` of its own";
        return Err(Error::new(member.span(), text));
    };
    let message = message(method)?;
    let first = handled.entry(message.to_token_stream().to_string());
    if let Entry::Occupied(first) = first {
        let text = format!(
            "`{}` already handles this message: one handler for each",
            first.get()
        );
        return Err(Error::new(message.span(), text));
    }
    first.insert_entry(method.sig.ident.clone());
    Ok(handler(object, method, message))
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

fn handler(object: &Type, method: &ImplItemFn, message: &Type) -> TokenStream {
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
