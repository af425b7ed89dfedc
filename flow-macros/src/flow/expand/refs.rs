//! The user's `this.x`, as Rust: so that rustc knows what was meant, and an IDE completes, finds and renames it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::super::model::FlowModel;
use super::super::syntax::FlowSyntax;
use super::super::value::NodeRef;
use crate::names::unspanned;

/// ```text
/// const _: () = { fn refs(this: &HelloWorldFlow) { let _ = &this.approve; .. } };
/// ```
pub(super) fn refs(written: &FlowSyntax, flow: &FlowModel) -> TokenStream {
    let Some(first) = flow.refs.first() else { return TokenStream::new() };
    let ident = &flow.ident;
    let this = argument(first);
    let each: TokenStream = flow.refs.iter().map(|found| reference(found, written)).collect();
    quote! {
        #[allow(dead_code, unused_variables, clippy::all, clippy::pedantic)]
        const _: () = { fn refs(#this: &#ident) { #each } };
    }
}

/// The word `this` as the user wrote it, wherever that was: by hand, or inside a macro of theirs.
pub(super) fn argument(first: &NodeRef) -> Ident {
    Ident::new("this", Span::call_site().resolved_at(first.this.span()))
}

/// ```text
/// let _ = &this.approve;
/// ```
pub(super) fn reference(NodeRef { this, dot, name, owner }: &NodeRef, written: &FlowSyntax) -> TokenStream {
    let owner = owner.as_ref().map(|(dot, word)| {
        let word = word.clone().unwrap_or_else(|| Ident::new("owner", Span::call_site()));
        quote!(#dot #word)
    });
    // A half-typed `this.` needs some name behind the dot, or nothing could be completed there.
    let hole = written.fields.first().map(|field| unspanned(&field.ident));
    name.clone().or(hole).map_or_else(TokenStream::new, |name| quote!(let _ = &#this #dot #name #owner;))
}
