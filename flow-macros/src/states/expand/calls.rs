//! What is called: `row.by(&user).approve(..)`, and the bodies behind it.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{docs, first, picture};
use super::{body_name, place, taker_name, transitions_name, with_self};
use crate::names::plain;
use crate::states::syntax::{Machine, Transition};

/// What the docs of each transition end with.
const ERRORS: &str = "\n\n# Errors\n`Error::Denied` without the permission, `Error::NotAllowed` from another state or while a \
                      condition does not hold, and what the body returns, as `Error::Step`. The state is as before then.";

/// The bodies under another name, so that nobody calls one past its transition, and all else of the block.
///
/// ```text
/// impl Review { fn __body_of_approve(&mut self, note: String) -> Step { .. } .. }
/// ```
pub(super) fn bodies(machine: &Machine) -> TokenStream {
    let Machine { attributes, ty, rest, .. } = machine;
    let each = machine.transitions.iter().map(|transition| {
        let (own, body, name) = (&transition.attributes, &transition.body, body_name(transition));
        quote!(#own fn #name #body)
    });
    quote! {
        #attributes
        impl #ty { #rest }

        #attributes
        #[allow(clippy::unused_self, clippy::unnecessary_wraps, clippy::needless_pass_by_value)]
        impl #ty { #(#each)* }
    }
}

/// ```text
/// pub struct ReviewTransitions { pub approve: TransitionOf<Review>, .. }
/// impl Review { pub const TRANSITIONS: ReviewTransitions = ..;  pub fn by(&mut self, user: &dyn User) -> ReviewBy { .. } }
/// ```
pub(super) fn methods(machine: &Machine) -> TokenStream {
    let (ty, transitions_name, taker) = (&machine.ty, transitions_name(machine), taker_name(machine));
    let fields = machine.transitions.iter().map(|transition| {
        let (visibility, ident) = (&transition.visibility, &transition.ident);
        let docs = docs(transition);
        quote!(#docs #visibility #ident: ::flow_core::states::TransitionOf<#ty>,)
    });
    let values = machine.transitions.iter().enumerate().map(|(at, transition)| {
        let (ident, at) = (&transition.ident, place(at));
        quote!(#ident: of(#at),)
    });
    let struct_doc = format!("The transitions of a [`{}`].", plain(&machine.ident));
    let taker_doc = format!("A [`{}`] whose next transition somebody takes.", plain(&machine.ident));
    let by_doc = format!("Somebody takes a transition: `row.by(&user).{}`.\n\n{}", first(machine), picture(machine));
    quote! {
        #[doc = #struct_doc]
        #[allow(unreachable_pub, dead_code, private_interfaces)]
        #[derive(Clone, Copy)]
        pub struct #transitions_name { #(#fields)* }

        impl ::core::fmt::Debug for #transitions_name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(::core::stringify!(#transitions_name))
            }
        }

        #[doc = #taker_doc]
        #[allow(unreachable_pub, dead_code, missing_debug_implementations)]
        #[must_use]
        pub struct #taker<'u> { row: &'u mut #ty, by: ::flow_core::__private::By<'u> }

        #[allow(unreachable_pub, dead_code, private_interfaces)]
        impl #ty {
            /// The transitions: what `can` and `may` ask about.
            pub const TRANSITIONS: #transitions_name = {
                const fn of(at: u16) -> ::flow_core::states::TransitionOf<#ty> {
                    ::flow_core::states::TransitionOf::new(at)
                }
                #transitions_name { #(#values)* }
            };

            #[doc = #by_doc]
            pub fn by<'u>(&'u mut self, user: &'u dyn ::flow_core::User) -> #taker<'u> {
                #taker { row: self, by: ::flow_core::__private::By::new(user) }
            }
        }
    }
}

/// What can be taken, one method for each.
///
/// ```text
/// impl ReviewBy<'_> {
///     pub fn approve(self, note: String) -> Result<()> { self.__take(0, |__row| __row.__body_of_approve(note)) }
/// }
/// ```
pub(super) fn takers(machine: &Machine) -> TokenStream {
    let (taker, ty) = (taker_name(machine), &machine.ty);
    let each = machine.transitions.iter().enumerate().map(|(at, transition)| {
        let Transition { visibility, ident, arguments, output, .. } = transition;
        let (docs, at, body) = (docs(transition), place(at), body_name(transition));
        let names = arguments.iter().map(|(name, _)| name);
        let types = arguments.iter().map(|(name, of)| {
            let of = with_self(of.clone(), ty);
            quote!(#name: #of)
        });
        let output = output.clone().map_or_else(|| quote!(()), |output| with_self(output, ty));
        quote! {
            #docs
            #[doc = #ERRORS]
            #visibility fn #ident(self, #(#types),*) -> ::flow_core::Result<#output> {
                self.__take(#at, |__row| __row.#body(#(#names),*))
            }
        }
    });
    let by_name = super::by_name::by_name(machine);
    quote! {
        #[allow(unreachable_pub, dead_code, clippy::all, clippy::pedantic)]
        impl #taker<'_> {
            /// Says why: it is in the log.
            pub fn because(self, note: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self { row: self.row, by: self.by.because(note.into()) }
            }

            fn __take<T, R: ::flow_core::__private::IntoStep<T>>(
                self,
                at: u16,
                body: impl ::core::ops::FnOnce(&mut #ty) -> R,
            ) -> ::flow_core::Result<T> {
                ::flow_core::__private::take(self.row, ::flow_core::states::TransitionOf::new(at), self.by, body)
            }

            #by_name

            #(#each)*
        }
    }
}
