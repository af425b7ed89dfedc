//! The struct again, with a marker in each field's type, and the value of its name, which shows the diagram.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::FlowModel;
use super::super::syntax::{Field, FlowSyntax};
use super::Names;
use crate::names::{plain, title_of, unspanned};
use crate::tokens::regroup;

/// ```text
/// pub struct HelloWorldFlow { pub start: Start<hello_world_flow::start>, .. }
/// ```
pub(super) fn item(written: &FlowSyntax, flow: &FlowModel, names: &Names) -> TokenStream {
    let FlowSyntax { attributes, visibility, keyword, ident, body, .. } = written;
    let module = &names.module;
    let fields = written.fields.iter().map(|field| {
        let Field { attributes, visibility, ident, colon, docs, .. } = field;
        let marker = unspanned(ident);
        // A field without a doc comment has its title as one, so that a flow is documented throughout.
        let doc = docs.is_empty().then(|| title_of(&plain(ident))).map(|title| quote!(#[doc = #title]));
        let ty = node_type(field, flow);
        quote!(#doc #attributes #visibility #ident #colon #ty<#module::#marker>,)
    });
    let body = regroup(body, fields.collect());
    quote!(#attributes #visibility #keyword #ident #body)
}

/// The field's type. One that is no kind of node was reported, and is a `View` from here on: nothing more is
/// to be said about it.
fn node_type(field: &Field, flow: &FlowModel) -> TokenStream {
    let root = &flow.root;
    if field.kind.is_some() { field.ty.iter().cloned().collect() } else { quote!(#root::node::View) }
}

/// ```text
/// impl HelloWorldFlow { const NODES__: Self = HelloWorldFlow { start: Start::new(), .. }; }
/// #[doc = ".. start -> approve .."] #[doc(hidden)]
/// pub static HelloWorldFlow: HelloWorldFlow = HelloWorldFlow::NODES__;
/// ```
pub(super) fn value(written: &FlowSyntax, flow: &FlowModel) -> TokenStream {
    let FlowSyntax { visibility, ident, .. } = written;
    let fields = written.fields.iter().map(|field| {
        let name = unspanned(&field.ident);
        let ty = node_type(field, flow);
        quote!(#name: #ty::new(),)
    });
    let fields: TokenStream = fields.collect();
    // Not on the struct: what stands in front of a word must be the same with it and without it, or nothing completes.
    let diagram = format!("```text\n{}```", flow.with_graph(flow_graph::diagram::text));
    let docs = written.docs.iter().map(|line| quote!(#[doc = #line]));
    let docs: TokenStream = docs.chain((!written.docs.is_empty()).then(|| quote!(#[doc = ""]))).collect();
    quote! {
        impl #ident {
            #[doc(hidden)]
            const NODES__: Self = #ident { #fields };
        }
        #docs
        #[doc = #diagram]
        #[doc(hidden)]
        #[allow(non_upper_case_globals, clippy::all)]
        #visibility static #ident: #ident = #ident::NODES__;
    }
}
