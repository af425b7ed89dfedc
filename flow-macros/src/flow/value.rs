//! The values of keys: references to nodes, callbacks, texts.

use proc_macro2::{Delimiter, Ident, Punct, Span, TokenStream, TokenTree};

use super::closure::closure;
use super::syntax::KeyValue;
use crate::errors::Errors;
use crate::tokens::{span_of, split_commas, string};

/// `this.approve`, with the user's own tokens. Without a name it is half typed.
#[derive(Clone)]
pub(crate) struct NodeRef {
    pub(crate) this: Ident,
    pub(crate) dot: Punct,
    pub(crate) name: Option<Ident>,
    /// `.owner` behind it, with the user's own tokens; half typed without the name.
    pub(crate) owner: Option<(Punct, Option<Ident>)>,
}

impl NodeRef {
    /// What to underline: the name, or what there is.
    pub(crate) fn span(&self) -> Span {
        self.name.as_ref().map_or_else(|| self.dot.span(), Ident::span)
    }
}

/// Code that a key names.
#[derive(Clone)]
pub(crate) enum CallbackSyntax {
    /// `this.method`, or `this.method(conn)`
    Method { dot: Punct, name: Ident, connection: Option<Ident> },
    /// A closure, as it is written.
    Closure { tokens: TokenStream, arguments: usize, fallible: bool, calls: bool, is_async: bool, future: bool },
}

/// `this.x` at the beginning of some tokens, and what follows it.
pub(crate) fn this_dot(tokens: &[TokenTree]) -> Option<(NodeRef, &[TokenTree])> {
    match tokens {
        [TokenTree::Ident(this), TokenTree::Punct(dot), rest @ ..] if this == "this" && dot.as_char() == '.' => {
            let (name, rest) = match rest {
                [TokenTree::Ident(name), rest @ ..] => (Some(name.clone()), rest),
                rest => (None, rest),
            };
            Some((NodeRef { this: this.clone(), dot: dot.clone(), name, owner: None }, rest))
        }
        _ => None,
    }
}

/// The node that some tokens name.
pub(crate) fn node_ref(tokens: &[TokenTree], fallback: Span, errors: &mut Errors) -> Option<NodeRef> {
    match this_dot(tokens) {
        Some((found, rest)) => {
            if found.name.is_none() {
                errors.push(found.dot.span(), "expected a node: `this.approve`", &[]);
            } else if let Some((first, last)) = span_of(rest) {
                errors.push_range(first, last, "unexpected tokens after the name of the node", &[]);
            }
            Some(found)
        }
        None => {
            let (first, last) = span_of(tokens).unwrap_or((fallback, fallback));
            errors.push_range(first, last, "expected a node: `this.approve`", &[]);
            None
        }
    }
}

/// `this.start.owner`, if that is what the tokens begin with.
pub(crate) fn owner_of(tokens: &[TokenTree], errors: &mut Errors) -> Option<NodeRef> {
    let (mut found, rest) = this_dot(tokens)?;
    let [TokenTree::Punct(dot), rest @ ..] = rest else { return None };
    if dot.as_char() != '.' {
        return None;
    }
    let name = match rest {
        [TokenTree::Ident(name)] => Some(name.clone()),
        [] => {
            errors.push(dot.span(), "expected `owner`: who did that node's task", &["assign = this.start.owner"]);
            None
        }
        rest => {
            let (first, last) = span_of(rest)?;
            errors.push_range(
                first,
                last,
                "expected `owner`: who did that node's task",
                &["assign = this.start.owner"],
            );
            None
        }
    };
    found.owner = Some((dot.clone(), name));
    Some(found)
}

/// What an edge was written with: its node, and what follows it in the brackets.
pub(crate) struct EdgeSyntax {
    /// `Size::Small =>` in front of the node.
    pub(crate) pattern: Option<TokenStream>,
    pub(crate) target: Option<NodeRef>,
    pub(crate) entries: Vec<KeyValue>,
}

/// `key = this.x`, `key(this.x, ..)` or `case(Pattern => this.x, ..)`.
pub(crate) fn edge(entry: &KeyValue, errors: &mut Errors) -> EdgeSyntax {
    let Some(group) = &entry.arguments else {
        let target = node_ref(&entry.value, entry.key.span(), errors);
        return EdgeSyntax { pattern: None, target, entries: Vec::new() };
    };
    let mut parts = split_commas(group.stream()).into_iter();
    let first = parts.next().unwrap_or_default();
    let arrow = first.windows(2).position(|pair| {
        let sign = |token: &TokenTree, c| matches!(token, TokenTree::Punct(p) if p.as_char() == c);
        sign(&pair[0], '=') && sign(&pair[1], '>')
    });
    let (pattern, node) = match arrow {
        Some(at) => (Some(first[..at].iter().cloned().collect()), &first[at + 2..]),
        None => (None, &first[..]),
    };
    let target = node_ref(node, entry.key.span(), errors);
    let rest: Vec<TokenStream> = parts.map(|part| part.into_iter().collect()).collect();
    let entries = super::syntax::entries(quote::quote!(#(#rest),*), errors);
    EdgeSyntax { pattern, target, entries }
}

/// The code that some tokens name.
pub(crate) fn callback(tokens: &[TokenTree], fallback: Span, errors: &mut Errors) -> Option<CallbackSyntax> {
    if let Some((found, rest)) = this_dot(tokens) {
        let Some(name) = found.name else {
            errors.push(found.dot.span(), "expected a method of the flow: `this.send_hello`", &[]);
            return None;
        };
        let connection = match rest {
            [] => None,
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                match group.stream().into_iter().collect::<Vec<_>>().as_slice() {
                    [TokenTree::Ident(conn)] if conn == "conn" => Some(conn.clone()),
                    [] => {
                        let text = format!("name the method without calling it: `this.{name}`");
                        errors.push(group.span(), text, &[&format!("to pass it the connection: `this.{name}(conn)`")]);
                        None
                    }
                    _ => {
                        errors.push(group.span(), "only the connection can be passed: `(conn)`", &[]);
                        None
                    }
                }
            }
            rest => {
                let (first, last) = span_of(rest)?;
                errors.push_range(first, last, "only `(conn)` can follow the name of the method", &[]);
                None
            }
        };
        return Some(CallbackSyntax::Method { dot: found.dot, name, connection });
    }
    closure(tokens).or_else(|| {
        let (first, last) = span_of(tokens).unwrap_or((fallback, fallback));
        errors.push_range(first, last, "expected a closure or a method: `|a| ..` or `this.method`", &[]);
        None
    })
}

/// The text of `key = ".."`.
pub(crate) fn text(entry: &KeyValue, errors: &mut Errors) -> Option<(String, Span)> {
    match string(&entry.value) {
        Some(text) => Some((text, entry.value.first()?.span())),
        None => {
            let (first, last) = entry.span();
            let help = format!("{} = \"..\"", entry.key);
            errors.push_range(first, last, format!("`{}` takes a string literal", entry.key), &[&help]);
            None
        }
    }
}
