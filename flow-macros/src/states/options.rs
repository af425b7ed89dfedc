//! `#[transition(..)]`, as it was written.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{split_commas, string};

/// The options, and how each is written.
const OPTIONS: &[(&str, &str)] = &[
    ("from", "from(New), from(New, Draft), from(any)"),
    ("to", "to = Approved"),
    ("permission", "permission(\"name\"), permission(auto), permission(anyone), permission(this.may_approve)"),
    ("when", "when = this.is_complete, when(|review| !review.text().is_empty(), \"the text is missing\")"),
    ("label", "label = \"What people read\""),
];

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) from: Option<From>,
    pub(crate) to: Option<Ident>,
    pub(crate) permission: Permission,
    pub(crate) when: Vec<When>,
    pub(crate) label: Option<String>,
}

/// From which states.
pub(crate) enum From {
    Any,
    These(Vec<Ident>),
}

/// Who may.
#[derive(Default)]
pub(crate) enum Permission {
    #[default]
    Managers,
    Anyone,
    Auto,
    Named(String),
    /// `this.may_approve`
    Method(TokenStream),
}

/// What must hold.
pub(crate) struct When {
    /// `this.is_complete`, or a closure.
    pub(crate) code: TokenStream,
    pub(crate) is_method: bool,
    pub(crate) span: Span,
    /// What is said where it does not.
    pub(crate) text: Option<String>,
}

/// A help, and where the page of the mistake is.
pub(super) fn with_page(help: &str, name: &str) -> String {
    format!("{help}\nsee {}", flow_graph::page(name))
}

pub(super) fn read(span: Span, tokens: TokenStream, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    for part in split_commas(tokens) {
        let Some(TokenTree::Ident(key)) = part.first() else {
            errors.push(part.first().map_or(span, TokenTree::span), "expected an option", &[&all()]);
            continue;
        };
        let name = plain(key);
        let Some((_, example)) = OPTIONS.iter().find(|(option, _)| *option == name) else {
            let close = OPTIONS.iter().map(|(option, _)| (strsim::osa_distance(&name, option), *option)).min();
            let close = close.filter(|(distance, option)| *distance <= option.len().div_ceil(3));
            let help = close.map_or_else(all, |(_, option)| format!("did you mean `{option}`?"));
            errors.push(key.span(), format!("`{name}` is not an option of a transition"), &[&help]);
            continue;
        };
        if seen.contains(&name) && name != "when" {
            errors.push(key.span(), format!("`{name}` is written twice"), &["remove one of them"]);
            continue;
        }
        if !option(&name, &part[1..], key.span(), &mut options, errors) {
            errors.push(key.span(), format!("`{name}` is written in another way"), &[example]);
        }
        seen.push(name);
    }
    if options.from.is_none() && !seen.iter().any(|name| name == "from") {
        let help = "write `from(New)`, `from(New, Draft)` or `from(any)`";
        errors.push(span, "a transition says from which states it leads", &[help]);
    }
    options
}

/// One option; false if it is written in another way.
fn option(name: &str, value: &[TokenTree], span: Span, options: &mut Options, errors: &mut Errors) -> bool {
    let is_equals = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '=');
    match (name, value) {
        ("from", [TokenTree::Group(list)]) => {
            options.from = sources(&split_commas(list.stream()), errors);
            options.from.is_some() || !list.stream().is_empty()
        }
        ("to", [equals, TokenTree::Ident(state)]) if is_equals(equals) => {
            options.to = Some(state.clone());
            true
        }
        ("label", [equals, text @ ..]) if is_equals(equals) => {
            options.label = string(text);
            options.label.is_some()
        }
        ("permission", [TokenTree::Group(group)]) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let permission = match inner.as_slice() {
                [TokenTree::Ident(word)] if word == "anyone" => Some(Permission::Anyone),
                [TokenTree::Ident(word)] if word == "auto" => Some(Permission::Auto),
                [TokenTree::Ident(this), TokenTree::Punct(_), TokenTree::Ident(_)] if this == "this" => {
                    Some(Permission::Method(group.stream()))
                }
                other => string(other).map(Permission::Named),
            };
            permission.map(|permission| options.permission = permission).is_some()
        }
        ("when", [equals, code @ ..]) if is_equals(equals) && !code.is_empty() => {
            options.when.push(when(code, None, span));
            true
        }
        ("when", [TokenTree::Group(group)]) => match split_commas(group.stream()).as_slice() {
            [code, text] if string(text).is_some() => {
                options.when.push(when(code, string(text), span));
                true
            }
            _ => false,
        },
        _ => false,
    }
}

fn when(code: &[TokenTree], text: Option<String>, span: Span) -> When {
    let is_method =
        matches!(code, [TokenTree::Ident(this), TokenTree::Punct(_), TokenTree::Ident(_)] if this == "this");
    When { code: code.iter().cloned().collect(), is_method, span, text }
}

/// `New, Draft`, or `any`.
fn sources(parts: &[Vec<TokenTree>], errors: &mut Errors) -> Option<From> {
    let mut states: Vec<Ident> = Vec::new();
    for part in parts {
        let [TokenTree::Ident(state)] = part.as_slice() else {
            let span = part.first().map_or_else(Span::call_site, TokenTree::span);
            errors.push(span, "expected the name of a state, without its enum", &["from(New, Draft)"]);
            continue;
        };
        if states.iter().any(|other| plain(other) == plain(state)) {
            let text = format!("`{state}` is listed twice [source_twice]");
            errors.push(state.span(), text, &[&with_page("remove one of them", "source_twice")]);
            continue;
        }
        states.push(state.clone());
    }
    let any = states.iter().position(|state| state == "any");
    match any {
        Some(at) if states.len() > 1 => {
            let text = "`any` is every state, so the others are listed twice [source_twice]";
            errors.push(states[at].span(), text, &[&with_page("write `from(any)` alone", "source_twice")]);
            Some(From::Any)
        }
        Some(_) => Some(From::Any),
        None if states.is_empty() => None,
        None => Some(From::These(states)),
    }
}

fn all() -> String {
    let names: Vec<String> = OPTIONS.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!("the options are {}", names.join(", "))
}
