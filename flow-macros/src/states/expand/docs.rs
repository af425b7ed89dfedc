//! What people read: docs of the generated methods, labels, the machine as text.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::names::{plain, title_and_rest, title_of};
use crate::states::options::From;
use crate::states::syntax::{Machine, Transition};
use crate::tokens::string;

/// The docs as they were written; if there are none, from where to where it leads.
pub(super) fn docs(transition: &Transition) -> TokenStream {
    if !transition.docs.is_empty() {
        return transition.docs.iter().cloned().collect();
    }
    let text = format!("{}.", way(transition));
    quote!(#[doc = #text])
}

/// `From New to Approved`
fn way(transition: &Transition) -> String {
    let from = match &transition.options.from {
        Some(From::These(states)) => states.iter().map(plain).collect::<Vec<_>>().join(" or "),
        _ => "any state".to_owned(),
    };
    match &transition.options.to {
        Some(to) => format!("From {from} to {}", plain(to)),
        None => format!("From {from}; the state stays"),
    }
}

/// The state machine as text, for hover.
pub(super) fn picture(machine: &Machine) -> String {
    let mut lines: Vec<String> = Vec::new();
    for transition in &machine.transitions {
        let to = transition.options.to.as_ref();
        let name = &transition.name;
        let mut line = |from: &str| lines.push(format!("{from} -> {} ({name})", to.map_or(from.to_owned(), plain)));
        match &transition.options.from {
            Some(From::These(states)) => states.iter().map(plain).for_each(|from| line(&from)),
            _ => line("any"),
        }
    }
    lines.sort_unstable();
    format!("```text\n{}\n```", lines.join("\n"))
}

pub(super) fn first(machine: &Machine) -> String {
    machine.transitions.first().map_or_else(|| "..".to_owned(), |transition| format!("{}(..)", transition.name))
}

/// What people read: the label, or the first paragraph of the docs; and the rest of the docs.
pub(super) fn texts(transition: &Transition) -> (String, String) {
    let lines: Vec<String> = transition.docs.iter().filter_map(doc_text).collect();
    let (title, rest) = title_and_rest(&lines);
    let label = transition.options.label.clone().or(title);
    (label.unwrap_or_else(|| title_of(&transition.name)), rest)
}

/// The text of `#[doc = ".."]`.
fn doc_text(attribute: &TokenStream) -> Option<String> {
    let inner = attribute.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream().into_iter().collect::<Vec<_>>()),
        _ => None,
    })?;
    match inner.as_slice() {
        [TokenTree::Ident(_), TokenTree::Punct(_), value @ ..] => string(value),
        _ => None,
    }
}
