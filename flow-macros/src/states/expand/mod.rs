//! The Rust that a state machine becomes.

mod by_name;
mod calls;
mod checks;
mod column;
mod constants;
mod docs;

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident};

use super::syntax::{Machine, Transition};

pub(super) fn machine(machine: &Machine) -> TokenStream {
    let mut code = calls::bodies(machine);
    code.extend(calls::methods(machine));
    code.extend(calls::takers(machine));
    code.extend(constants::constants(machine));
    code
}

fn body_name(transition: &Transition) -> Ident {
    format_ident!("__body_of_{}", transition.name, span = Span::call_site())
}

fn transitions_name(machine: &Machine) -> Ident {
    format_ident!("{}Transitions", machine.ident, span = Span::call_site())
}

fn taker_name(machine: &Machine) -> Ident {
    format_ident!("{}By", machine.ident, span = Span::call_site())
}

fn place(at: usize) -> Literal {
    Literal::u16_unsuffixed(u16::try_from(at).unwrap_or(u16::MAX))
}

/// The tokens with the type in place of `Self`, which is another one where they go.
fn with_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let each = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => ty.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), with_self(group.stream(), ty));
            inner.set_span(group.span());
            inner.to_token_stream()
        }
        other => other.to_token_stream(),
    });
    each.collect()
}
