//! What only an IDE sees: the keys of an attribute as the fields of a documented struct, so that they complete.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::super::model::FlowModel;
use super::super::syntax::Written;

/// ```ignore
/// const _: () = {
///     #[cfg(rust_analyzer)]
///     const _: fn() = || { let _ = ::flow_core::node::keys::View { next: Value, ..any() }; };
/// };
/// ```
pub(super) fn keys(written: &Written, flow: &FlowModel) -> TokenStream {
    let root = &flow.root;
    let literals = written.fields.iter().filter(|field| !field.entries.is_empty()).filter_map(|field| {
        let kind = field.ty.iter().rev().find_map(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => flow_graph::Kind::from_name(&ident.to_string()),
            _ => None,
        })?;
        let kind = Ident::new(kind.name(), Span::call_site());
        let keys = field.entries.iter().map(|entry| {
            // A keyword cannot be a field's name as it is, and one letter of a keyword must complete.
            let text = entry.key.to_string();
            let key = if syn::parse_str::<Ident>(&text).is_ok() {
                entry.key.clone()
            } else {
                Ident::new_raw(&text, entry.key.span())
            };
            quote!(#key: #root::node::keys::Value,)
        });
        let keys: TokenStream = keys.collect();
        Some(quote!(let _ = #root::node::keys::#kind { #keys ..#root::node::keys::any() };))
    });
    let literals: TokenStream = literals.collect();
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            const _: fn() = || { #literals };
        };
    }
}
