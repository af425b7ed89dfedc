//! The Rust that a state machine becomes.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use super::options::{From, Permission, When};
use super::syntax::{Machine, Transition};
use crate::names::{plain, title_and_rest, title_of};
use crate::tokens::string;

pub(super) fn machine(machine: &Machine) -> TokenStream {
    let mut code = bodies(machine);
    code.extend(methods(machine));
    code.extend(takers(machine));
    code.extend(constants(machine));
    code
}

/// The bodies under another name, so that nobody calls one past its transition, and all else of the block.
///
/// ```text
/// impl Review { fn __body_of_approve(&mut self, note: String) -> Step { .. } .. }
/// ```
fn bodies(machine: &Machine) -> TokenStream {
    let Machine { attributes, ty, rest, .. } = machine;
    let each = machine.transitions.iter().map(|transition| {
        let (own, body, name) = (&transition.attributes, &transition.body, body_name(transition));
        quote! {
            #own
            #[allow(clippy::unused_self, clippy::unnecessary_wraps, clippy::needless_pass_by_value)]
            fn #name #body
        }
    });
    quote!(#attributes impl #ty { #rest #(#each)* })
}

fn body_name(transition: &Transition) -> Ident {
    format_ident!("__body_of_{}", plain(&transition.ident), span = Span::call_site())
}

/// ```text
/// pub struct ReviewTransitions { pub approve: TransitionOf<Review>, .. }
/// impl Review { pub const TRANSITIONS: ReviewTransitions = ..;  pub fn by(&mut self, user: &dyn User) -> ReviewBy { .. } }
/// ```
fn methods(machine: &Machine) -> TokenStream {
    let (ty, transitions_name, taker) = (&machine.ty, transitions_name(machine), taker_name(machine));
    let fields = machine.transitions.iter().map(|transition| {
        let (visibility, ident) = (&transition.visibility, &transition.ident);
        let docs = docs(transition);
        quote!(#docs #visibility #ident: ::flow_core::states::TransitionOf<#ty>,)
    });
    let values = machine.transitions.iter().enumerate().map(|(at, transition)| {
        let (ident, at) = (&transition.ident, place(at));
        quote!(#ident: ::flow_core::states::TransitionOf::new(#at),)
    });
    let struct_doc = format!("The transitions of a [`{}`].", plain(&machine.ident));
    let taker_doc = format!("A [`{}`] whose next transition somebody takes.", plain(&machine.ident));
    let by_doc = format!("Somebody takes a transition: `row.by(&user).{}`.\n\n{}", first(machine), picture(machine));
    quote! {
        #[doc = #struct_doc]
        #[allow(unreachable_pub, dead_code, private_interfaces)]
        #[derive(Clone, Copy, Debug)]
        pub struct #transitions_name { #(#fields)* }

        #[doc = #taker_doc]
        #[allow(unreachable_pub, dead_code, missing_debug_implementations)]
        #[must_use]
        pub struct #taker<'u> { row: &'u mut #ty, by: ::flow_core::__private::By<'u> }

        #[allow(unreachable_pub, dead_code, private_interfaces)]
        impl #ty {
            /// The transitions: what `can` and `may` ask about.
            pub const TRANSITIONS: #transitions_name = #transitions_name { #(#values)* };

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
///     pub fn approve(self, note: String) -> Result<()> { take(self.row, TransitionOf::new(0), self.by, |row| row.__body_of_approve(note)) }
/// }
/// ```
fn takers(machine: &Machine) -> TokenStream {
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
            ///
            /// # Errors
            /// `Error::Denied` without the permission, `Error::NotAllowed` from another state or while a condition does
            /// not hold, and what the body returns, as `Error::Step`. The state is as before then.
            #visibility fn #ident(self, #(#types),*) -> ::flow_core::Result<#output> {
                let at = ::flow_core::states::TransitionOf::new(#at);
                ::flow_core::__private::take(self.row, at, self.by, |row| row.#body(#(#names),*))
            }
        }
    });
    let by_name = by_name(machine);
    quote! {
        #[allow(unreachable_pub, dead_code, clippy::all, clippy::pedantic)]
        impl #taker<'_> {
            /// Says why: it is in the log.
            pub fn because(self, note: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self { row: self.row, by: self.by.because(note.into()) }
            }

            #by_name

            #(#each)*
        }
    }
}

/// ```text
/// pub fn call<C>(self, name: &str, arguments: &Value, conn: &mut C) -> Result<()> {
///     let (at, given) = find_transition(..)?;
///     match at { 0 => { given.only(&["note"])?; let note: String = ..; self.approve(note).map(drop) } .. }
/// }
/// ```
fn by_name(machine: &Machine) -> TokenStream {
    let ty = &machine.ty;
    let each = machine.transitions.iter().enumerate().map(|(at, transition)| {
        let (at, ident) = (place(at), &transition.ident);
        if let Some(argument) = uncallable(transition) {
            return quote!(#at => ::core::result::Result::Err(given.refuse(#argument)),);
        }
        let values = transition.arguments.iter().map(|(name, of)| argument(name, with_self(of.clone(), ty)));
        let of_json = transition.arguments.iter().filter(|(_, of)| !is_mutable(of)).map(|(name, _)| plain(name));
        let given =
            transition.arguments.iter().map(|(name, of)| if is_text(of) { quote!(&#name) } else { quote!(#name) });
        quote! {
            #at => {
                given.only(&[#(#of_json),*])?;
                #(#values)*
                self.#ident(#(#given),*).map(::core::mem::drop)
            }
        }
    });
    quote! {
        /// Takes the transition of this name, for pages and APIs. `arguments` is a JSON object with the arguments by
        /// their names; null: none. A transition that takes a connection gets `conn`; without one pass `&mut ()`.
        ///
        /// # Errors
        /// `Error::NotFound` if there is no transition of this name; `Error::Invalid` if an argument is missing, cannot
        /// be read, or is not one of the transition's; `Error::Misuse` if JSON cannot hold one of its arguments; and
        /// those of the transition itself. The state is as before then.
        pub fn call<C: 'static>(
            self,
            name: &str,
            arguments: &::flow_core::__private::serde_json::Value,
            conn: &mut C,
        ) -> ::flow_core::Result<()> {
            #[allow(unused_imports)]
            use ::flow_core::__private::{Argument, FromJson as _, NotFromJson as _, find_transition};
            let (at, given) = find_transition(&*self.row, &self.by, name, arguments)?;
            match at {
                #(#each)*
                _ => ::core::result::Result::Err(given.refuse("")),
            }
        }
    }
}

/// `let note: String = (&&Argument::<String>::NEW).read(&given, "note")?;`
fn argument(name: &Ident, of: TokenStream) -> TokenStream {
    let key = plain(name);
    if is_mutable(&of) {
        let of: TokenStream = of.into_iter().skip(2).collect();
        return quote! {
            let #name = given.connection::<#of>(&mut *conn, ::core::any::type_name::<C>())?;
        };
    }
    let of = if is_text(&of) { quote!(::std::string::String) } else { of };
    quote!(let #name = (&&Argument::<#of>::NEW).read(&given, #key)?;)
}

/// An argument that no call by a name can give: of an opaque type, or a second connection.
fn uncallable(transition: &Transition) -> Option<String> {
    let is_opaque =
        |of: &TokenStream| of.clone().into_iter().any(|token| ["impl", "dyn"].contains(&&*token.to_string()));
    let opaque = transition.arguments.iter().find(|(_, of)| is_opaque(of));
    let second = || transition.arguments.iter().filter(|(_, of)| is_mutable(of)).nth(1);
    opaque.or_else(second).map(|(name, _)| plain(name))
}

/// `&mut ..`: a connection.
fn is_mutable(of: &TokenStream) -> bool {
    let mut tokens = of.clone().into_iter().map(|token| token.to_string());
    tokens.next().as_deref() == Some("&") && tokens.next().as_deref() == Some("mut")
}

/// `&str`
fn is_text(of: &TokenStream) -> bool {
    of.clone().into_iter().map(|token| token.to_string()).eq(["&", "str"])
}

/// The constants, the traits, and the checks that rustc evaluates.
fn constants(machine: &Machine) -> TokenStream {
    let Machine { states, ty, field, name, values, .. } = machine;
    let arcs = machine.transitions.iter().map(|transition| arc(machine, transition));
    let each = machine.transitions.iter().map(|transition| constant(machine, transition));
    let column = column(machine);
    let field_name = plain(field);
    // What only follows from another mistake is not reported.
    let checks = if machine.sound { checks(machine) } else { TokenStream::new() };
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private as __p;

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
                // As patterns, which rustc reports once where there is no such field.
                fn state(&self) -> &::flow_core::State<#states> {
                    let Self { #field: state, .. } = self;
                    state
                }
                fn state_mut(&mut self) -> &mut ::flow_core::State<#states> {
                    let Self { #field: state, .. } = self;
                    state
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
    let (name, (label, _)) = (plain(&transition.ident), texts(transition));
    let from = match &transition.options.from {
        Some(From::These(states)) => {
            let states = states.iter().map(|state| state_place(machine, state));
            quote!(::core::option::Option::Some(&[#(#states),*]))
        }
        // A missing one was reported.
        Some(From::Any) | None => quote!(::core::option::Option::None),
    };
    let to = match &transition.options.to {
        Some(state) => {
            let state = state_place(machine, state);
            quote!(::core::option::Option::Some(#state))
        }
        None => quote!(::core::option::Option::None),
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
    let (name, (label, help)) = (plain(&transition.ident), texts(transition));
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
    let conditions = transition.options.when.iter().map(|when| condition(machine, &name, when));
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
        (first_word(code), quote!(#code()))
    } else {
        let this = Ident::new("this", Span::call_site());
        (this.clone(), quote_spanned!(place=> __p::look(#this, #code)))
    };
    let holds = quote_spanned!(place=> __p::Holds::holds(#value));
    quote! {
        __p::Condition::new(#text, {
            fn holds(#this: &#ty) -> ::core::result::Result<(), ::core::option::Option<::std::string::String>> { #holds }
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

/// A state in a column of its own.
///
/// ```text
/// impl StateRow for Review { type Table = reviews::table; .. }
/// ```
fn column(machine: &Machine) -> Option<TokenStream> {
    let Machine { ty, field, key, .. } = machine;
    let table = machine.table.as_ref()?;
    let name = table.clone().into_iter().last().map(|token| token.to_string()).unwrap_or_default();
    Some(quote! {
        impl ::flow_core::StateRow for #ty {
            type Table = #table::table;
            const TABLE: __p::StateTable = __p::StateTable {
                name: #name,
                key: <#table::#key as __p::diesel::Column>::NAME,
                state: <#table::#field as __p::diesel::Column>::NAME,
            };
            fn table() -> Self::Table { #table::table }
            fn key(&self) -> ::flow_core::RowKey {
                ::core::convert::From::from(::core::clone::Clone::clone(&self.#key))
            }
        }
    })
}

/// What only rustc can see, which knows the states: constants that cannot be evaluated where something is wrong.
fn checks(machine: &Machine) -> TokenStream {
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

fn transitions_name(machine: &Machine) -> Ident {
    format_ident!("{}Transitions", machine.ident, span = Span::call_site())
}

fn taker_name(machine: &Machine) -> Ident {
    format_ident!("{}By", machine.ident, span = Span::call_site())
}

fn place(at: usize) -> Literal {
    Literal::u16_unsuffixed(u16::try_from(at).unwrap_or(u16::MAX))
}

/// The docs as they were written; if there are none, from where to where it leads.
fn docs(transition: &Transition) -> TokenStream {
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
fn picture(machine: &Machine) -> String {
    let mut lines: Vec<String> = Vec::new();
    for transition in &machine.transitions {
        let to = transition.options.to.as_ref();
        let name = plain(&transition.ident);
        let mut line = |from: &str| lines.push(format!("{from} -> {} ({name})", to.map_or(from.to_owned(), plain)));
        match &transition.options.from {
            Some(From::These(states)) => states.iter().map(plain).for_each(|from| line(&from)),
            _ => line("any"),
        }
    }
    lines.sort_unstable();
    format!("```text\n{}\n```", lines.join("\n"))
}

fn first(machine: &Machine) -> String {
    machine
        .transitions
        .first()
        .map_or_else(|| "..".to_owned(), |transition| format!("{}(..)", plain(&transition.ident)))
}

/// What people read: the label, or the first paragraph of the docs; and the rest of the docs.
fn texts(transition: &Transition) -> (String, String) {
    let lines: Vec<String> = transition.docs.iter().filter_map(doc_text).collect();
    let (title, rest) = title_and_rest(&lines);
    let label = transition.options.label.clone().or(title);
    (label.unwrap_or_else(|| title_of(&plain(&transition.ident))), rest)
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
