//! The struct again, with a marker in each field's type, and the value of its name.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::FlowModel;
use super::super::syntax::Written;
use super::Names;
use crate::names::{plain, title_of};
use crate::tokens::regroup;

/// ```ignore
/// pub struct HelloWorldFlow { pub start: Start<hello_world_flow::start>, .. }
/// ```
pub(super) fn item(written: &Written, names: &Names) -> TokenStream {
    let Written { attributes, visibility, keyword, ident, body, .. } = written;
    let module = &names.module;
    let fields = written.fields.iter().map(|field| {
        let super::super::syntax::Field { attributes, visibility, ident, colon, ty, docs, .. } = field;
        let marker = proc_macro2::Ident::new_raw(&plain(ident), proc_macro2::Span::call_site());
        let marker = if plain(ident) == ident.to_string() { quote_plain(ident) } else { quote!(#marker) };
        // A field without a doc comment has its title as one, so that a flow is documented throughout.
        let doc = docs.is_empty().then(|| title_of(&plain(ident))).map(|title| quote!(#[doc = #title]));
        let ty: TokenStream = ty.iter().cloned().collect();
        quote!(#doc #attributes #visibility #ident #colon #ty<#module::#marker>,)
    });
    let body = regroup(body, fields.collect());
    quote!(#attributes #visibility #keyword #ident #body)
}

fn quote_plain(ident: &proc_macro2::Ident) -> TokenStream {
    let marker = proc_macro2::Ident::new(&ident.to_string(), proc_macro2::Span::call_site());
    quote!(#marker)
}

/// ```ignore
/// impl HelloWorldFlow { const NODES__: Self = HelloWorldFlow { start: Start::new(), .. }; }
/// pub static HelloWorldFlow: HelloWorldFlow = HelloWorldFlow::NODES__;
/// ```
pub(super) fn value(written: &Written, flow: &FlowModel) -> TokenStream {
    let Written { visibility, ident, .. } = written;
    let root = &flow.root;
    let fields = written.fields.iter().map(|field| {
        let ident = &field.ident;
        let name = quote_plain(ident);
        let ty: TokenStream = field.ty.iter().cloned().collect();
        // A type that is no node kind is said once, at the type.
        let span = field.ty.last().map_or_else(|| ident.span(), proc_macro2::TokenTree::span);
        let kind = quote_spanned!(span=> <#ty>);
        let _ = kind;
        quote!(#name: #ty::new(),)
    });
    let fields: TokenStream = fields.collect();
    let _ = root;
    quote! {
        impl #ident {
            #[doc(hidden)]
            const NODES__: Self = #ident { #fields };
        }
        #[doc(hidden)]
        #[allow(non_upper_case_globals, clippy::all)]
        #visibility static #ident: #ident = #ident::NODES__;
    }
}
