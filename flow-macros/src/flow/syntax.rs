//! What was written: the struct, its fields, and the entries of their attributes.
//!
//! A parser of our own, since one half-typed field must not cost the others their completion. It never fails:
//! what it cannot read it reports and leaves out.

use flow_graph::Kind;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::tokens::{span_of, split_commas, string};

/// The struct as it was written.
pub(crate) struct FlowSyntax {
    /// Attributes other than ours, as they are.
    pub(crate) attributes: TokenStream,
    pub(crate) docs: Vec<String>,
    pub(crate) visibility: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) ident: Ident,
    pub(crate) body: Group,
    pub(crate) entries: Vec<KeyValue>,
    pub(crate) fields: Vec<Field>,
    /// Entries above a field that is only half typed: for an IDE they are there already.
    pub(crate) homeless: Vec<KeyValue>,
}

/// A field: a node.
pub(crate) struct Field {
    /// Attributes other than `#[node]`, docs among them, as they are.
    pub(crate) attributes: TokenStream,
    pub(crate) docs: Vec<String>,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
    pub(crate) colon: TokenTree,
    pub(crate) ty: Vec<TokenTree>,
    /// What the type's last word says it is; that the type is really ours, rustc says.
    pub(crate) kind: Option<Kind>,
    pub(crate) entries: Vec<KeyValue>,
}

/// `key = value`, `key(arguments)`, or `key`.
pub(crate) struct KeyValue {
    pub(crate) key: Ident,
    /// After `=`.
    pub(crate) value: Vec<TokenTree>,
    /// In brackets right after the key.
    pub(crate) arguments: Option<Group>,
    /// `=` was written.
    pub(crate) assigned: bool,
}

impl KeyValue {
    /// From the key to the end.
    pub(crate) fn span(&self) -> (Span, Span) {
        let last = span_of(&self.value).map(|(_, last)| last);
        let last = last.or_else(|| self.arguments.as_ref().map(Group::span_close));
        (self.key.span(), last.unwrap_or_else(|| self.key.span()))
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        crate::names::plain(&self.key) == key
    }
}

pub(crate) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Option<FlowSyntax> {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let Attributes { attributes, docs, ours } = take_attributes(&mut tokens, errors);
    for span in ours {
        errors.push(span, "`#[node]` belongs on a field", &[]);
    }
    let visibility = take_visibility(&mut tokens);
    let mut rest = tokens.into_iter();
    let (keyword, ident) = match (rest.next(), rest.next()) {
        (Some(TokenTree::Ident(keyword)), Some(TokenTree::Ident(ident))) if keyword == "struct" => (keyword, ident),
        (first, _) => {
            let span = first.map_or_else(Span::call_site, |token| token.span());
            errors.push(
                span,
                "`#[flow]` needs a struct with named fields",
                &["pub struct HelloWorldFlow { pub start: Start, .. }"],
            );
            return None;
        }
    };
    let body = match rest.next() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => body,
        Some(TokenTree::Punct(sign)) if sign.as_char() == '<' => {
            errors.push(
                sign.span(),
                "a flow cannot have type parameters: it has one process type and one connection type",
                &[],
            );
            return None;
        }
        _ => {
            errors.push(
                ident.span(),
                "`#[flow]` needs a struct with named fields",
                &["pub struct HelloWorldFlow { pub start: Start, .. }"],
            );
            return None;
        }
    };
    let entries = entries(args, errors);
    let mut homeless = Vec::new();
    let fields = split_fields(body.stream()).into_iter();
    let fields = fields.filter_map(|field| self::field(field, &mut homeless, errors)).collect();
    Some(FlowSyntax { attributes, docs, visibility, keyword, ident, body, entries, fields, homeless })
}

/// Fields, at commas outside the angle brackets of their types.
fn split_fields(body: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut fields = vec![Vec::new()];
    let mut angles = 0_usize;
    let mut before = ' ';
    for token in body {
        let sign = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match sign {
            '<' => angles += 1,
            '>' if before != '-' => angles = angles.saturating_sub(1),
            ',' if angles == 0 => {
                fields.push(Vec::new());
                before = ' ';
                continue;
            }
            _ => {}
        }
        before = sign;
        if let Some(field) = fields.last_mut() {
            field.push(token);
        }
    }
    fields.retain(|field| !field.is_empty());
    fields
}

/// One field. Of a half-typed one the entries are kept, and the field that follows it, if there is no comma.
fn field(mut tokens: Vec<TokenTree>, homeless: &mut Vec<KeyValue>, errors: &mut Errors) -> Option<Field> {
    let whole = span_of(&tokens)?;
    let (attributes, docs, entries) = {
        let mut node = Vec::new();
        let found = take_attributes_with(&mut tokens, errors, |group| {
            let inner: Vec<TokenTree> = group.stream().into_iter().skip(1).collect();
            match inner.as_slice() {
                [TokenTree::Group(arguments)] if arguments.delimiter() == Delimiter::Parenthesis => {
                    node.push((arguments.stream(), group.span()));
                    None
                }
                [] => None,
                _ => Some((group.span(), "expected `#[node(key = value, ..)]`")),
            }
        });
        let mut entries = Vec::new();
        for (arguments, _) in node {
            entries.extend(self::entries(arguments, errors));
        }
        (found.attributes, found.docs, entries)
    };
    let visibility = take_visibility(&mut tokens);
    let mut rest = tokens.into_iter().peekable();
    let Some(TokenTree::Ident(ident)) = rest.next() else {
        errors.push_range(whole.0, whole.1, "expected a field: `pub approve: View`", &[]);
        homeless.extend(entries);
        return None;
    };
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
    let colon = rest.next_if(is_colon);
    let rest: Vec<TokenTree> = rest.collect();
    match colon {
        Some(colon) if !rest.is_empty() => {
            let kind = last_word(&rest).and_then(|word| Kind::from_name(&crate::names::plain(word)));
            Some(Field { attributes, docs, visibility, ident, colon, ty: rest, kind, entries })
        }
        colon => {
            let help = format!("add the kind of node: `{ident}: View`");
            errors.push(ident.span(), format!("`{ident}` has no type"), &[&help]);
            homeless.extend(entries);
            let is_next = colon.is_none() && !rest.is_empty();
            is_next.then(|| field(rest, homeless, errors)).flatten()
        }
    }
}

/// `View` of `flow_core::node::View`.
pub(crate) fn last_word(ty: &[TokenTree]) -> Option<&Ident> {
    ty.iter().rev().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    })
}

struct Attributes {
    attributes: TokenStream,
    docs: Vec<String>,
    ours: Vec<Span>,
}

fn take_attributes(tokens: &mut Vec<TokenTree>, errors: &mut Errors) -> Attributes {
    let mut ours = Vec::new();
    let mut found = take_attributes_with(tokens, errors, |group| {
        ours.push(group.span());
        None
    });
    found.ours = ours;
    found
}

/// Takes the attributes in front; `node` is asked about each `#[node ..]`, and may answer with a fault.
fn take_attributes_with(
    tokens: &mut Vec<TokenTree>,
    errors: &mut Errors,
    mut node: impl FnMut(&Group) -> Option<(Span, &'static str)>,
) -> Attributes {
    let mut found = Attributes { attributes: TokenStream::new(), docs: Vec::new(), ours: Vec::new() };
    while let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = tokens.as_slice() {
        if hash.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
            break;
        }
        let (hash, group) = (hash.clone(), group.clone());
        tokens.drain(..2);
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        match inner.as_slice() {
            [TokenTree::Ident(name), ..] if name == "node" => {
                if let Some((span, text)) = node(&group) {
                    errors.push(span, text, &[]);
                }
                continue;
            }
            [TokenTree::Ident(name), ..] if name == "cfg" => {
                errors.push(
                    group.span(),
                    "a node cannot be conditionally compiled (`#[cfg]`): rows in the database refer to it",
                    &[],
                );
                continue;
            }
            [TokenTree::Ident(name), TokenTree::Punct(_), text @ ..] if name == "doc" => {
                found.docs.extend(string(text));
            }
            _ => {}
        }
        found.attributes.extend([TokenTree::Punct(hash), TokenTree::Group(group)]);
    }
    found
}

fn take_visibility(tokens: &mut Vec<TokenTree>) -> TokenStream {
    let length = match tokens.as_slice() {
        [TokenTree::Ident(word), TokenTree::Group(scope), ..]
            if word == "pub" && scope.delimiter() == Delimiter::Parenthesis =>
        {
            2
        }
        [TokenTree::Ident(word), ..] if word == "pub" => 1,
        _ => 0,
    };
    tokens.drain(..length).collect()
}

/// The entries between commas; one that cannot be read is reported and left out.
pub(crate) fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<KeyValue> {
    let mut entries = Vec::new();
    for part in split_commas(tokens) {
        let Some(whole) = span_of(&part) else { continue };
        let mut rest = part.into_iter().peekable();
        let Some(TokenTree::Ident(key)) = rest.next() else {
            errors.push_range(whole.0, whole.1, "expected a key: `next = this.end`", &[]);
            continue;
        };
        let mut entry = KeyValue { key, value: Vec::new(), arguments: None, assigned: false };
        match rest.next() {
            None => {}
            Some(TokenTree::Punct(sign)) if sign.as_char() == '=' => {
                entry.assigned = true;
                entry.value = rest.collect();
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                entry.arguments = Some(group);
                if let Some(extra) = rest.next() {
                    errors.push(extra.span(), "expected a comma", &[]);
                }
            }
            Some(other) => {
                errors.push(other.span(), format!("expected `=` or `(` after `{}`", entry.key), &[]);
                continue;
            }
        }
        entries.push(entry);
    }
    entries
}
