//! What only an IDE sees, so that it completes and explains where rustc needs nothing: the keys of an attribute,
//! methods behind `this.`, and fields of forms.

use flow_graph::{EDGE_KEYS, Key, Kind, Takes};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::super::model::FlowModel;
use super::super::syntax::{FlowSyntax, KeyValue};
use super::super::value::{NodeRef, this_dot};
use crate::names::plain;
use crate::tokens::split_commas;

/// Whether `this.x` behind a key, of a node or of an edge, is a method of the flow.
fn names_a_method(key: &str) -> bool {
    let of_node = || keys(key).any(|key| key.takes.is_code());
    EDGE_KEYS.iter().any(|known| known.name == key) || of_node()
}

/// Whether a key leads somewhere, so that more can be said about it in its brackets.
fn is_edge(key: &str) -> bool {
    keys(key).any(|key| matches!(key.takes, Takes::Edge(_) | Takes::Retired))
}

/// A key on each kind that has it.
fn keys(name: &str) -> impl Iterator<Item = &'static Key> {
    Kind::FIELDS.iter().filter_map(move |kind| kind.key(name))
}

/// The keys of an attribute as the fields of a documented struct. They stand in front of all other words: a
/// completion compares the text before the cursor with and without a word there, and a key decides what else
/// is emitted.
///
/// ```text
/// const _: () = {
///     #[cfg(rust_analyzer)]
///     fn keys() { let _ = ::flow_core::node::keys::View { next: (), ..any() }; }
/// };
/// ```
pub(super) fn key_literals(written: &FlowSyntax, flow: &FlowModel) -> TokenStream {
    let root = &flow.root;
    let literals = written.fields.iter().filter(|field| !field.entries.is_empty()).filter_map(|field| {
        let of_node = literal(root, field.kind?.name(), field.entries.iter().map(|entry| &entry.key));
        let of_edges = field.entries.iter().filter(|entry| is_edge(&plain(&entry.key))).map(|edge| {
            let parts = parts(edge);
            let keys: Vec<&Ident> = parts.iter().skip(1).filter_map(|part| key_of(part)).collect();
            if keys.is_empty() { TokenStream::new() } else { literal(root, "Edge", keys.into_iter()) }
        });
        let of_edges: TokenStream = of_edges.collect();
        Some(quote!(#of_node #of_edges))
    });
    let literals: TokenStream = literals.collect();
    seen_by_ide_alone(&quote!(#[allow(dead_code)] fn keys() { #literals }))
}

/// ```text
/// let _ = ::flow_core::node::keys::View { next: (), ..any() };
/// ```
fn literal<'a>(root: &TokenStream, name: &str, keys: impl Iterator<Item = &'a Ident>) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    // These cannot be names at all.
    let keys = keys.filter(|key| !["_", "self", "Self", "super", "crate"].contains(&key.to_string().as_str()));
    let keys = keys.map(|key| {
        // A keyword cannot be a field's name as it is, and one letter of a keyword must complete.
        let text = key.to_string();
        let key = if syn::parse_str::<Ident>(&text).is_ok() { key.clone() } else { Ident::new_raw(&text, key.span()) };
        quote!(#key: (),)
    });
    let keys: TokenStream = keys.collect();
    quote!(let _ = #root::node::keys::#name { #keys ..#root::node::keys::any() };)
}

/// Words that rustc meets elsewhere in a form that cannot be completed, or not at all.
///
/// ```text
/// const _: () = {
///     #[cfg(rust_analyzer)]
///     fn words(this: &HelloWorldFlow) {
///         let _ = HelloWorldFlow::send_hello;
///         let _ = <HelloWorldProcess>::FIELDS.approved;
///     }
/// };
/// ```
pub(super) fn words(written: &FlowSyntax, flow: &FlowModel) -> TokenStream {
    let ident = &flow.ident;
    let mut this = None;
    let mut words = TokenStream::new();
    let fields = written.fields.iter().flat_map(|field| {
        let task = field.entries.iter().find(|entry| entry.is("task"));
        field.entries.iter().map(move |entry| (entry, false, task))
    });
    let homeless = written.homeless.iter().map(|entry| (entry, true, None));
    for (entry, is_homeless, task) in fields.chain(homeless) {
        if entry.is("form") {
            words.extend(form_fields(entry, task, flow));
        }
        for (at, part) in parts(entry).iter().enumerate() {
            let (key, value) = match part.as_slice() {
                // A key of an edge.
                [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..] if sign.as_char() == '=' => (key, value),
                value => (&entry.key, value),
            };
            let Some((found, rest)) = this_dot(value) else { continue };
            this.get_or_insert_with(|| super::refs::argument(&found));
            // A delay is a method; the node stands behind it.
            let is_method = names_a_method(&plain(key)) || entry.is("on_timeout") && at == 0;
            if is_method {
                words.extend(method(&found, flow));
            } else if is_homeless || entry.is("assign") && rest.is_empty() {
                // `assign = this.start`, whose owner is meant, or a method: more often it is a node.
                words.extend(super::refs::reference(&found, written));
            }
        }
    }
    let this = this.unwrap_or_else(|| Ident::new("this", Span::call_site()));
    seen_by_ide_alone(&quote!(#[allow(dead_code, unused_variables)] fn words(#this: &#ident) { #words }))
}

/// The cfg is rust-analyzer's own. Without the `allow` around it rustc would warn of it in every crate.
pub(super) fn seen_by_ide_alone(item: &TokenStream) -> TokenStream {
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            #item
        };
    }
}

/// What stands behind `=`, or between the commas in the brackets.
fn parts(entry: &KeyValue) -> Vec<Vec<TokenTree>> {
    entry.arguments.as_ref().map_or_else(|| vec![entry.value.clone()], |group| split_commas(group.stream()))
}

/// The key that a part of some brackets begins with.
fn key_of(part: &[TokenTree]) -> Option<&Ident> {
    match part {
        [TokenTree::Ident(key)] => Some(key),
        [TokenTree::Ident(key), TokenTree::Punct(sign), ..] if sign.as_char() == '=' => Some(key),
        _ => None,
    }
}

/// A half-typed `this.` gets the name of something that every flow has.
fn method(NodeRef { dot, name, .. }: &NodeRef, flow: &FlowModel) -> TokenStream {
    let ident = &flow.ident;
    let path = quote_spanned!(dot.span()=> ::);
    let name = name.clone().unwrap_or_else(|| Ident::new("NODES__", Span::call_site()));
    quote!(let _ = #ident #path #name;)
}

/// The fields of `ApproveForm { approved, task.choice }`, and a place behind the last one: for an empty form, and after a
/// comma.
fn form_fields(entry: &KeyValue, task: Option<&KeyValue>, flow: &FlowModel) -> TokenStream {
    let process = &flow.process;
    let [TokenTree::Ident(_), TokenTree::Group(body)] = entry.value.as_slice() else { return TokenStream::new() };
    if body.delimiter() != Delimiter::Brace {
        return TokenStream::new();
    }
    let fields = split_commas(body.stream()).into_iter().filter_map(|part| match part.as_slice() {
        [TokenTree::Ident(word), TokenTree::Punct(dot), rest @ ..] if word == "task" && dot.as_char() == '.' => {
            let task: TokenStream = task?.value.iter().cloned().collect();
            // A half-typed `task.` needs some name behind the dot, or nothing could be completed there.
            let field = match rest.first() {
                Some(TokenTree::Ident(field)) => quote!(#field),
                _ => quote!(clone()),
            };
            Some(quote!(let _ = <#task>::FIELDS #dot #field;))
        }
        [TokenTree::Ident(field), ..] => Some(quote!(let _ = <#process>::FIELDS.#field;)),
        _ => None,
    });
    let fields: TokenStream = fields.collect();
    quote!(#fields let _ = <#process>::FIELDS.clone();)
}
