//! What is called on a value: accessors and setters, and those of its seed and artifact.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use super::super::syntax::{Field, Proxy};
use super::super::types::{By, Codec, argument};
use super::{doc, ordinal};
use crate::names::plain;

/// ```text
/// /// Message
/// pub fn text(&self) -> &str { &self.text }
/// /// Sets `text`.
/// pub fn set_text(&mut self, value: impl Into<String>) { .. }
/// ```
pub(super) fn accessors(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let each = proxy.fields.iter().enumerate().map(|(at, field)| {
        let Field { docs, ident: name, ty, codec, .. } = field;
        let at = ordinal(at);
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        let (out, get) = match codec {
            Codec::Copy => (quote!(#ty), quote!(self.#name)),
            Codec::Text => (quote!(&str), quote!(&self.#name)),
            Codec::List(_) => {
                let item = argument(ty);
                (quote!(&[#item]), quote!(&self.#name))
            }
            Codec::Typed(By::Value | By::Choice) => (quote!(#ty), quote!(::core::clone::Clone::clone(&self.#name))),
            Codec::Optional(inner) if matches!(**inner, Codec::Copy) => (quote!(#ty), quote!(self.#name)),
            Codec::Optional(inner) if inner.by_value() => {
                (quote!(#ty), quote!(::core::clone::Clone::clone(&self.#name)))
            }
            Codec::Optional(inner) if matches!(**inner, Codec::Text) => {
                (quote!(::core::option::Option<&str>), quote!(self.#name.as_deref()))
            }
            Codec::Optional(_) => {
                let inner = argument(ty);
                (quote!(::core::option::Option<&#inner>), quote!(self.#name.as_ref()))
            }
            Codec::Typed(By::Reference) | Codec::Serde => (quote!(&#ty), quote!(&self.#name)),
            Codec::State => {
                let states = argument(ty);
                (quote!(#states), quote!(self.#name.get()))
            }
        };
        let set = format_ident!("set_{}", plain(name), span = Span::call_site());
        let (input, value) = match codec {
            Codec::Text => (quote!(impl ::core::convert::Into<#ty>), quote!(value.into())),
            _ => (quote!(#ty), quote!(value)),
        };
        let display = display(field).map(|value| {
            let display = format_ident!("{}_display", plain(name), span = Span::call_site());
            let text = doc(&format!("The label of the current value of `{}`; `None` if it is not set.", plain(name)));
            quote!(#text #[must_use] #visibility fn #display(&self) -> &'static str { #value })
        });
        let set_doc = doc(&format!("Sets `{}`. The change is stored with the transition, or by `save`.", plain(name)));
        let touch = proxy.touch(&quote!(#at));
        // A transition sets a state.
        let setter = (!codec.is_state()).then(|| {
            quote! {
                #set_doc
                #visibility fn #set(&mut self, value: #input) {
                    self.#name = #value;
                    #touch;
                }
            }
        });
        quote! {
            #(#docs)* #title
            #[must_use]
            #visibility fn #name(&self) -> #out { #get }

            #display

            #setter
        }
    });
    let each: TokenStream = each.collect();
    quote!(#[allow(dead_code, clippy::all, clippy::pedantic)] impl #ident { #each })
}

/// The label of an enum.
fn display(field: &Field) -> Option<TokenStream> {
    let name = &field.ident;
    match &field.codec {
        Codec::Typed(By::Choice) => Some(quote!(::flow_core::Choices::label(self.#name))),
        Codec::State => Some(quote!(self.#name.label())),
        Codec::Optional(inner) if matches!(**inner, Codec::Typed(By::Choice)) => {
            Some(quote!(self.#name.map_or("", ::flow_core::Choices::label)))
        }
        _ => None,
    }
}

/// ```text
/// pub fn seed_ref(&self) -> Option<Ref<Source>> { .. }
/// pub fn seed<C>(&self, conn: &mut C) -> QueryResult<Source> { .. }
/// pub fn set_seed(&mut self, seed: &Source) { .. }
/// ```
pub(super) fn models(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let own_row = proxy.own_row();
    let each = [("seed", "was started from", &proxy.seed), ("artifact", "has produced", &proxy.artifact)];
    let methods = each.into_iter().filter_map(|(word, what, model)| {
        let model = model.as_ref()?;
        let name = |before: &str, after: &str| format_ident!("{before}{word}{after}", span = Span::call_site());
        let (get, reference, of) = (name("", ""), name("", "_ref"), name("", "_of"));
        let (set, set_ref, put) = (name("set_", ""), name("set_", "_ref"), name("put_", ""));
        // Without the model's derive the constant is ill-typed, which is reported at the user's word, and the rest is not.
        let derived = quote! {
            <#model as ::flow_core::__private::Derived<{ <#model as ::flow_core::FlowModel>::DERIVED }>>::Type
        };
        let doc_ref = doc(&format!("A reference to the row it {what}."));
        let doc_get = doc(&format!(
            "The row it {what}.\n\n# Errors\n`NotFound` if there is no reference, or if the row was deleted."
        ));
        let doc_set = doc(&format!("Sets the row it {what}."));
        Some(quote! {
            #doc_ref
            #[must_use]
            #[allow(dead_code)]
            #visibility fn #reference(&self) -> ::core::option::Option<::flow_core::Ref<#model>> {
                #own_row.#of::<#derived>()
            }

            #doc_get
            #[allow(dead_code)]
            #visibility fn #get<__C>(&self, conn: &mut __C) -> ::flow_core::__private::diesel::QueryResult<#model>
            where
                #model: ::flow_core::LoadModel<__C>,
            {
                match self.#reference() {
                    ::core::option::Option::Some(found) => found.load(conn),
                    ::core::option::Option::None => {
                        ::core::result::Result::Err(::flow_core::__private::diesel::result::Error::NotFound)
                    }
                }
            }

            #doc_set
            #[allow(dead_code)]
            #visibility fn #set(&mut self, row: &#model) {
                #own_row.#put(::core::option::Option::Some(::flow_core::Ref::<#derived>::to(row)));
            }

            #doc_set
            #[allow(dead_code)]
            #visibility fn #set_ref(&mut self, reference: ::core::option::Option<::flow_core::Ref<#model>>) {
                #own_row.#put::<#derived>(reference);
            }
        })
    });
    let methods: TokenStream = methods.collect();
    if methods.is_empty() {
        return methods;
    }
    quote!(#[allow(clippy::all, clippy::pedantic)] impl #ident { #methods })
}
