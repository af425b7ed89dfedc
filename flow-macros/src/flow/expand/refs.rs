//! The user's `this.x`, as Rust: so that rustc knows what was meant, and an IDE completes, finds and renames it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::FlowModel;
use super::super::syntax::FlowSyntax;
use super::super::value::NodeRef;
use super::ide::seen_by_ide_alone;
use crate::names::{plain, unspanned};

/// A node that there is none of is underlined by rustc, which knows a similar name; an editor shows rustc's words only
/// after a check, so it alone is told by us.
///
/// ```text
/// const _: () = { #[cfg(rust_analyzer)] compile_error! { "this flow has no node `aprove`" } };
/// ```
pub(super) fn unknown(written: &FlowSyntax, flow: &FlowModel) -> TokenStream {
    let is_field = |name: &Ident| written.fields.iter().any(|field| plain(&field.ident) == plain(name));
    let unknown = flow.refs.iter().filter_map(|found| found.name.as_ref()).filter(|name| !is_field(name));
    let each: TokenStream = unknown
        .map(|name| {
            let text = format!("this flow has no node `{}`", plain(name));
            let fields = written.fields.iter().map(|field| plain(&field.ident));
            let near = fields.map(|field| (strsim::osa_distance(&field, &plain(name)), field)).min();
            let help = match near {
                Some((distance, field)) if distance <= 1 + field.len() / 4 => {
                    format!("\nhelp: a node with a similar name exists: `this.{field}`")
                }
                _ => String::new(),
            };
            let text = text + &help;
            let error = quote_spanned!(name.span()=> ::core::compile_error! { #text });
            seen_by_ide_alone(&error)
        })
        .collect();
    each
}

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
