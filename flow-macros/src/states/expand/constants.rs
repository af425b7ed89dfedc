//! The state machine as constants, and the trait that has them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::checks::checks;
use super::column::column;
use super::docs::texts;
use crate::names::plain;
use crate::states::options::{From, Permission, When};
use crate::states::syntax::{Machine, Transition};
use crate::tokens::located;

/// The constants, the traits, and the checks that rustc evaluates.
pub(super) fn constants(machine: &Machine) -> TokenStream {
    let Machine { states, ty, field, name, values, .. } = machine;
    let arcs = machine.transitions.iter().map(|transition| arc(machine, transition));
    let each = machine.transitions.iter().map(|transition| constant(machine, transition));
    let column = column(machine);
    let field_name = plain(field);
    // A field of another type is reported at its name.
    let state = quote_spanned!(located(field.span())=> state);
    // What only follows from another mistake is not reported.
    let checks = if machine.sound { checks(machine) } else { TokenStream::new() };
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private as __p;
            #[allow(unused_imports)]
            use ::core::option::Option::{None as __None, Some as __Some};

            const WHOLE: __p::StateGraph = __p::StateGraph {
                name: #name,
                states: <#states as ::flow_core::States>::DEFS,
                initial: <#states as ::flow_core::States>::INITIAL.__place(),
                arcs: &[#(#arcs),*],
            };

            impl ::flow_core::StateMachine for #ty {
                type States = #states;
                const MACHINE: &'static __p::Machine<Self> = &__p::Machine::new(
                    &WHOLE,
                    &[#(#each),*],
                    #field_name,
                    #values,
                );
                // A pattern: for a field that does not exist rustc then reports one error instead of several.
                fn state(&self) -> &::flow_core::State<#states> {
                    let Self { #field: #state, .. } = self;
                    #state
                }
                fn state_mut(&mut self) -> &mut ::flow_core::State<#states> {
                    let Self { #field: #state, .. } = self;
                    #state
                }
                fn snapshot(&self) -> ::core::option::Option<__p::Snapshot> {
                    #[allow(unused_imports)]
                    use __p::{ByFields as _, ByNothing as _, BySerde as _};
                    (&&&__p::Looked(self)).snapshot()
                }
            }

            #column

            #checks
        };
    }
}

/// ```text
/// Arc { name: "approve", label: "Approve", from: Some(&[Stage::New.__place()]), to: Some(Stage::Approved.__place()) }
/// ```
fn arc(machine: &Machine, transition: &Transition) -> TokenStream {
    let (name, (label, _)) = (&transition.name, texts(transition));
    let from = match &transition.options.from {
        Some(From::These(states)) => {
            let states = states.iter().map(|state| state_place(machine, state));
            quote!(__Some(&[#(#states),*]))
        }
        // A missing one was reported.
        Some(From::Any) | None => quote!(__None),
    };
    let to = match &transition.options.to {
        Some(state) => {
            let state = state_place(machine, state);
            quote!(__Some(#state))
        }
        None => quote!(__None),
    };
    quote!(__p::Arc { name: #name, label: #label, from: #from, to: #to })
}

/// A state by the user's own word, so that rustc answers a wrong one and the IDE completes it.
fn state_place(machine: &Machine, state: &Ident) -> TokenStream {
    let states = &machine.states;
    let path: TokenStream = states.clone().into_iter().map(unspan).collect();
    quote!(#path::#state.__place())
}

fn unspan(mut token: TokenTree) -> TokenTree {
    token.set_span(Span::call_site().located_at(token.span()));
    token
}

/// ```text
/// Transition::new("approve", "Approve", "", Permit::Named("can_approve"), &[Condition::new("..", |this| ..)])
/// ```
fn constant(machine: &Machine, transition: &Transition) -> TokenStream {
    let ty = &machine.ty;
    let (name, (label, help)) = (&transition.name, texts(transition));
    let permit = match &transition.options.permission {
        Permission::Managers => quote!(__p::Permit::Managers),
        Permission::Anyone => quote!(__p::Permit::Anyone),
        Permission::Auto => {
            let permission = format!("{}.{name}", machine.name);
            quote!(__p::Permit::Named(#permission))
        }
        Permission::Named(permission) => quote!(__p::Permit::Named(#permission)),
        Permission::Method(method) => {
            let this = first_word(method);
            quote!(__p::Permit::Method({
                fn may(#this: &#ty, user: &dyn ::flow_core::User) -> bool { #method(user) }
                may
            }))
        }
    };
    let conditions = transition.options.when.iter().map(|when| condition(machine, name, when));
    quote!(__p::Transition::new(#name, #label, #help, #permit, &[#(#conditions),*]))
}

fn condition(machine: &Machine, transition: &str, When { code, is_method, span, text }: &When) -> TokenStream {
    let ty = &machine.ty;
    let text = text.clone().unwrap_or_else(|| {
        let written = code.to_string().replace(" . ", ".").replace("this.", "");
        if *is_method {
            format!("`{written}` does not hold")
        } else {
            format!("a condition of `{transition}` does not hold")
        }
    });
    let place = Span::call_site().located_at(*span);
    let (this, value) = if *is_method {
        (first_word(code), quote_spanned!(place=> #code()))
    } else {
        let this = Ident::new("this", Span::call_site());
        (this.clone(), quote_spanned!(place=> __p::look(#this, #code)))
    };
    let holds = quote_spanned!(place=> __p::Holds::holds(#value));
    quote! {
        __p::Condition::new(#text, {
            fn holds(#this: &#ty) -> __p::Held { #holds }
            holds
        })
    }
}

/// The `this` of `this.method`: with the user's span both are one name.
fn first_word(tokens: &TokenStream) -> Ident {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Ident(word)) => word,
        _ => Ident::new("this", Span::call_site()),
    }
}
