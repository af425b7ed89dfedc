//! The fields as a struct of their own, and what an absent one is.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::super::Of;
use super::super::syntax::{Default, Field, Joined, Proxy};
use super::super::types::Codec;
use super::{doc, proxy_trait};
use crate::names::plain;

/// ```text
/// pub struct HelloWorldProcessData { pub text: String, pub approved: bool }
/// impl ProcessData for HelloWorldProcessData { .. }
/// ```
pub(super) fn data(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let proxy_trait = proxy_trait(proxy.of);
    let name = format_ident!("{}Data", ident, span = Span::call_site());
    let each = proxy.fields.iter().map(|field| {
        let Field { docs, ident: name, ty, .. } = field;
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        quote!(#(#docs)* #title pub #name: #ty,)
    });
    let joined = proxy.joined.as_ref().map(|Joined { docs, ident: name, new, .. }| {
        let title = docs.is_empty().then(|| doc(&format!("What `{}` is made from.", plain(name))));
        quote!(#(#docs)* #title pub #name: #new,)
    });
    let puts = proxy.fields.iter().enumerate().map(|(at, field)| {
        let (name, ty, codec) = (&field.ident, &field.ty, field.codec.path());
        quote!(document.field::<#codec, #ty>(&<#ident as #proxy_trait>::META[#at], &self.#name);)
    });
    let (each, puts): (TokenStream, TokenStream) = (each.collect(), puts.collect());
    let struct_doc = doc(&format!("The fields of a [`{ident}`], from which a new one is made."));
    // What a joined row is made from has no default.
    let values = proxy.fields.iter().map(default_value).collect::<Option<Vec<_>>>();
    let default = values.filter(|_| proxy.joined.is_none()).map(|values| {
        let names = proxy.fields.iter().map(|field| &field.ident);
        quote! {
            impl ::core::default::Default for #name {
                fn default() -> Self { Self { #(#names: #values,)* } }
            }
        }
    });
    let given_to = match proxy.of {
        Of::Process => {
            let new = proxy.joined.as_ref().map_or_else(|| quote!(()), |Joined { ident, .. }| quote!(self.#ident));
            quote! {
                impl ::flow_core::proxy::DataOf<#ident> for #name {
                    fn beginning(self) -> ::flow_core::Result<::flow_core::__private::Beginning<#ident>> {
                        let document = ::flow_core::proxy::ProcessData::document(&self)?;
                        ::core::result::Result::Ok((document, ::core::option::Option::Some(#new)))
                    }
                }
            }
        }
        Of::Task => quote! {
            impl ::flow_core::TaskData<#name> for #name {
                fn task_document(
                    self,
                ) -> ::core::result::Result<::flow_core::data::Document, ::flow_core::StepError> {
                    ::core::result::Result::Ok(::flow_core::proxy::ProcessData::document(&self)?)
                }
            }
        },
    };
    quote! {
        #struct_doc
        #[allow(missing_debug_implementations, unreachable_pub)]
        #[derive(Clone)]
        #visibility struct #name { #joined #each }

        #default

        impl ::flow_core::proxy::ProcessData for #name {
            fn document(&self) -> ::flow_core::Result<::flow_core::data::Document> {
                #[allow(unused_mut)]
                let mut document = ::flow_core::__private::NewDocument::new();
                #puts
                document.finish()
            }
        }

        #given_to
    }
}

/// What an absent field is in Rust; `None` if it must be there.
pub(super) fn default_value(field: &Field) -> Option<TokenStream> {
    match (&field.default, &field.codec) {
        (Default::None, Codec::Optional(_)) => Some(quote!(::core::option::Option::None)),
        (Default::None, _) => None,
        (Default::Empty(_), _) => Some(quote!(::core::default::Default::default())),
        (Default::Literal(literal), codec) => Some(literal_value(literal, codec)),
    }
}

pub(super) fn literal_value(literal: &syn::Lit, codec: &Codec) -> TokenStream {
    match codec {
        Codec::Text => quote!(::core::convert::From::from(#literal)),
        Codec::Optional(inner) => {
            let inner = literal_value(literal, inner);
            quote!(::core::option::Option::Some(#inner))
        }
        _ => quote!(#literal),
    }
}

/// The default as JSON: an expression of type `Option<&'static str>`.
pub(super) fn default_json(field: &Field) -> TokenStream {
    let some = |json: String| quote!(::core::option::Option::Some(#json));
    match (&field.default, &field.codec) {
        (Default::None, Codec::Optional(_)) => some("null".to_owned()),
        (Default::None, _) => quote!(::core::option::Option::None),
        (Default::Empty(span), codec) => {
            let (codec, ty) = (respan(codec.path(), *span), &field.ty);
            let json = quote_spanned!(*span=> <#codec as ::flow_core::__private::Empty<#ty>>::JSON);
            quote!(::core::option::Option::Some(#json))
        }
        (Default::Literal(literal), _) => some(match literal {
            syn::Lit::Str(text) => json_text(&text.value()),
            syn::Lit::Bool(holds) => holds.value.to_string(),
            syn::Lit::Int(number) => number.base10_digits().to_owned(),
            syn::Lit::Float(number) => number.base10_digits().to_owned(),
            _ => "null".to_owned(),
        }),
    }
}

/// A text as a JSON string.
pub(super) fn json_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What only types can tell: a length is of a text, a default fits its field.
pub(super) fn check(field: &Field) -> TokenStream {
    let (codec, ty) = (field.codec.path(), &field.ty);
    let length = field.max_length.map(|(_, span)| {
        let codec = respan(codec.clone(), span);
        quote_spanned!(span=> const _: () = ::flow_core::__private::textual::<#codec, #ty>();)
    });
    let default = match &field.default {
        Default::Literal(literal) => {
            let value = literal_value(literal, &field.codec);
            Some(quote!(const _: fn() -> #ty = || #value;))
        }
        _ => None,
    };
    quote!(#length #default)
}

/// The same tokens at the user's option, where rustc is to point.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
