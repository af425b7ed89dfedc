//! The checks that rustc evaluates.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::states::syntax::Machine;

/// What only rustc can see, which knows the states: constants that cannot be evaluated where something is wrong.
pub(super) fn checks(machine: &Machine) -> TokenStream {
    let checks = [
        (
            "unreachable_states",
            quote!(WHOLE.unreachable()),
            "no transition leads to `",
            "` [unreachable_states]\nhelp: add a transition to it, say that rows begin there, `#[state(initial)]`, or remove it",
        ),
        (
            "no_way_to_an_end",
            quote!(WHOLE.stuck()),
            "from `",
            "` no end can be reached [no_way_to_an_end]\nhelp: add a transition that leads on, or mark it: `#[state(end)]`",
        ),
    ];
    let each = checks.map(|(name, found, before, after)| {
        let see = format!("\nsee {}", flow_graph::page(name));
        let panic = quote_spanned!(machine.span=> ::core::panic!("{}", TEXT));
        quote! {
            const _: () = {
                const FOUND: ::core::option::Option<&str> = #found;
                const NAME: &str = match FOUND { ::core::option::Option::Some(name) => name, _ => "" };
                const TEXT: &str = {
                    const BYTES: [u8; { #before.len() + NAME.len() + #after.len() + #see.len() }] =
                        __p::concat(&[#before, NAME, #after, #see]);
                    match ::core::str::from_utf8(&BYTES) { ::core::result::Result::Ok(text) => text, _ => NAME }
                };
                if FOUND.is_some() { #panic }
            };
        }
    });
    each.into_iter().collect()
}
