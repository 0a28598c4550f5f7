//! `#[handlers]`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Error, Expr, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, ReceiverKind, Result, ReturnType,
    Token, Type,
};

const SHAPE: &str = "a handler takes `&mut self`, one message, and when it wants them `client: &Client` and `context: &mut Context<Self>`, in this order";

/// What stands in the parentheses of the attribute.
#[derive(Default)]
pub(crate) struct Options {
    /// The expression that gives the state, `self.state`.
    state: Option<Expr>,
    /// How many messages may wait.
    mailbox: Option<Expr>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            let option = match name.to_string().as_str() {
                "state" => &mut options.state,
                "mailbox" => &mut options.mailbox,
                _ => {
                    let text = "expected `state = self.…` or `mailbox = …`";
                    return Err(Error::new(name.span(), text));
                }
            };
            input.parse::<Token![=]>()?;
            *option = Some(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

pub(crate) fn expand(options: &Options, item: ItemImpl) -> TokenStream {
    let mut handled = Handled::default();
    // A method with a mistake does not hide the others from the compiler.
    let implementations = item.items.iter().map(|member| {
        implementation(&item.self_ty, member, &mut handled)
            .unwrap_or_else(Error::into_compile_error)
    });
    let implementations: TokenStream = implementations.collect();
    let object = object(options, &item.self_ty, &handled);
    quote! {
        #item
        #object
        #implementations
    }
}

/// The messages so far, and which method handles each.
#[derive(Default)]
struct Handled {
    methods: HashMap<String, Ident>,
    messages: Vec<Type>,
}

impl Handled {
    fn add(&mut self, message: &Type, method: &Ident) -> Result<()> {
        let first = self.methods.entry(message.to_token_stream().to_string());
        if let Entry::Occupied(first) = first {
            let text = format!(
                "`{}` already handles this message: one handler for each",
                first.get()
            );
            return Err(Error::new(message.span(), text));
        }
        first.insert_entry(method.clone());
        self.messages.push(message.clone());
        Ok(())
    }
}

/// The implementation of `Object`: which messages there are, whatever they are.
fn object(options: &Options, object: &Type, handled: &Handled) -> TokenStream {
    let messages = &handled.messages;
    let mailbox = options
        .mailbox
        .as_ref()
        .map(|limit| quote!(const MAILBOX: usize = #limit;));
    let state = options.state.as_ref().map(|state| {
        quote! {
            fn state(&self) -> ::core::option::Option<&'static str> {
                ::core::option::Option::Some(::ansar::State::name(&#state))
            }
        }
    });
    quote! {
        impl ::ansar::Object for #object {
            #mailbox
            #state

            fn handles(message: ::core::any::TypeId) -> bool {
                let messages: &[::core::any::TypeId] = &[#(::core::any::TypeId::of::<#messages>()),*];
                messages.contains(&message)
            }

            fn receive(
                &mut self,
                letter: &mut dyn ::core::any::Any,
                context: &mut ::ansar::Context<Self>,
            ) -> ::ansar::object::Reception {
                let offers: &[::ansar::object::Offer<Self>] = &[#(::ansar::object::offer::<Self, #messages>),*];
                ::ansar::object::offer_to_each(offers, self, letter, context)
            }
        }
    }
}

/// The trait's implementation for one method.
fn implementation(object: &Type, member: &ImplItem, handled: &mut Handled) -> Result<TokenStream> {
    let ImplItem::Fn(method) = member else {
        let text = "only handlers belong here: put this in an `impl` of its own";
        return Err(Error::new(member.span(), text));
    };
    let message = message(method)?;
    let arguments = Arguments::of(method)?;
    handled.add(message, &method.sig.ident)?;
    Ok(handler(object, method, message, &arguments))
}

/// What a handler takes besides its message.
struct Arguments {
    client: bool,
    context: bool,
}

impl Arguments {
    fn of(method: &ImplItemFn) -> Result<Self> {
        let mut arguments = Self {
            client: false,
            context: false,
        };
        for input in method.sig.inputs.iter().skip(2) {
            let place = match input {
                FnArg::Typed(argument) => match &*argument.ty {
                    Type::Reference(reference)
                        if reference.mutability.is_some() && is_client(&reference.elem) =>
                    {
                        return Err(Error::new(
                            reference.span(),
                            "a client is looked at, and not changed: take `client: &Client`",
                        ));
                    }
                    Type::Reference(reference) if reference.mutability.is_some() => {
                        &mut arguments.context
                    }
                    // The client comes before the context.
                    Type::Reference(_) if !arguments.context => &mut arguments.client,
                    _ => return Err(Error::new(input.span(), SHAPE)),
                },
                FnArg::Receiver(_) => return Err(Error::new(input.span(), SHAPE)),
            };
            if std::mem::replace(place, true) {
                return Err(Error::new(input.span(), SHAPE));
            }
        }
        Ok(arguments)
    }
}

/// Whether a type is written `Client`, with or without a path before it.
fn is_client(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Client")
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
    let (Some(FnArg::Receiver(receiver)), Some(FnArg::Typed(message))) =
        (inputs.next(), inputs.next())
    else {
        return Err(Error::new(signature.ident.span(), SHAPE));
    };
    if matches!(receiver.kind, ReceiverKind::Value) {
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

fn handler(
    object: &Type,
    method: &ImplItemFn,
    message: &Type,
    arguments: &Arguments,
) -> TokenStream {
    let name = &method.sig.ident;
    let reply = match &method.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, reply) => reply.to_token_stream(),
    };
    let asks = arguments.client.then(|| {
        quote!(
            const ASKS_FOR_CLIENT: bool = true;
        )
    });
    let client = arguments
        .client
        .then(|| quote!(, &::ansar::Context::client(context)));
    let context = arguments.context.then(|| quote!(, context));
    let received = if client.is_some() || context.is_some() {
        quote!(context)
    } else {
        quote!(_)
    };
    quote! {
        impl ::ansar::Handler<#message> for #object {
            type Reply = #reply;
            #asks

            fn handle(&mut self, message: #message, #received: &mut ::ansar::Context<Self>) -> Self::Reply {
                self.#name(message #client #context)
            }
        }
    }
}
