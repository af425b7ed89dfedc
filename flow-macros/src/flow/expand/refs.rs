//! The user's `this.x`, as Rust: so that rustc knows what was meant, and an IDE completes, finds and renames it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::super::model::FlowModel;
use super::super::syntax::Written;
use super::super::value::NodeRef;

/// ```ignore
/// const _: () = { fn refs(this: &HelloWorldFlow) { let _ = &this.approve; .. } };
/// ```
pub(super) fn refs(written: &Written, flow: &FlowModel) -> TokenStream {
    let Some(first) = flow.refs.first() else { return TokenStream::new() };
    let ident = &flow.ident;
    // The word `this` as the user wrote it, wherever that was: by hand, or inside a macro of theirs.
    let this = Ident::new("this", Span::call_site().resolved_at(first.this.span()));
    let hole = written.fields.first().map(|field| &field.ident);
    let each = flow.refs.iter().filter_map(|NodeRef { this, dot, name }| {
        // A half-typed `this.` needs some name behind the dot, or nothing could be completed there.
        let hole = hole.map(crate::names::unspanned);
        let name = name.clone().or(hole)?;
        Some(quote!(let _ = &#this #dot #name;))
    });
    let each: TokenStream = each.collect();
    quote! {
        #[allow(dead_code, unused_variables, clippy::all, clippy::pedantic)]
        const _: () = { fn refs(#this: &#ident) { #each } };
    }
}
