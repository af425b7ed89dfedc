//! `#[derive(States)]`: an enum of states, which is one of choices as well.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use crate::errors::Errors;
use crate::names::plain;
use crate::proxy::{Variant, json_text, variants};
use crate::tokens::{crate_path, split_commas, with_root};

/// `#[state(initial)]`, `#[state(end)]`
#[derive(Clone, Copy, Default)]
struct Marks {
    initial: bool,
    end: bool,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = syn::parse2::<syn::DeriveInput>(item).map_err(|error| errors.push_syn(&error)).ok();
    let root = item.as_ref().and_then(|item| crate_path(&item.attrs, "state"));
    let code = item.and_then(|item| states(&item, &mut errors)).unwrap_or_default();
    let code = root.iter().fold(code, with_root);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

/// ```text
/// impl Choices for Stage { .. }
/// impl Stage { pub const fn __place(self) -> u16 { .. } }
/// impl States for Stage { const INITIAL: Self = Stage::New; .. }
/// ```
fn states(item: &syn::DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let ident = &item.ident;
    let variants = variants(item, "state", errors)?;
    let syn::Data::Enum(data) = &item.data else { return None };
    if variants.is_empty() || variants.len() > flow_graph::states::MOST_STATES {
        let text = format!("a state machine has 1 to {} states", flow_graph::states::MOST_STATES);
        errors.push(ident.span(), text, &["pub enum Stage { New, Approved, Rejected }"]);
        return None;
    }
    let marks: Vec<Marks> = data.variants.iter().map(marks).collect();
    let mut initial = None;
    for (at, variant) in variants.iter().enumerate().filter(|(at, _)| marks[*at].initial) {
        if initial.replace(at).is_some() {
            errors.push(variant.ident.span(), "rows begin in one state", &["leave one `#[state(initial)]` out"]);
        }
    }
    let choices = crate::proxy::choices_of(ident, &variants);
    let first = &variants[initial.unwrap_or_default()];
    let (first, json) = (&first.ident, json_text(&first.value));
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let places = 0_u16..;
    let defs = variants.iter().zip(&marks).map(|(Variant { ident, value, label }, Marks { end, .. })| {
        let name = plain(ident);
        quote!(__p::StateDef { name: #name, value: #value, label: #label, end: #end })
    });
    let places: Vec<u16> = places.take(idents.len()).collect();
    Some(quote! {
        #choices

        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private as __p;

            impl #ident {
                #[doc(hidden)]
                #[allow(missing_docs, dead_code, unreachable_pub)]
                pub const fn __place(self) -> u16 { match self { #(Self::#idents => #places,)* } }
            }

            impl ::flow_core::States for #ident {
                const INITIAL: Self = Self::#first;
                const INITIAL_JSON: &'static str = #json;
                const DEFS: &'static [__p::StateDef] = &[#(#defs),*];
            }
        };
    })
}

/// What a variant is beside a choice.
fn marks(variant: &syn::Variant) -> Marks {
    let mut marks = Marks::default();
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("state")) {
        let syn::Meta::List(list) = &attribute.meta else { continue };
        for part in split_commas(list.tokens.clone()) {
            match part.as_slice() {
                [TokenTree::Ident(word)] if word == "initial" => marks.initial = true,
                [TokenTree::Ident(word)] if word == "end" => marks.end = true,
                _ => {}
            }
        }
    }
    marks
}
