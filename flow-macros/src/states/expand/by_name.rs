//! Transitions by their names: `row.by(&user).call("approve", &arguments, conn)`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{place, with_self};
use crate::names::plain;
use crate::states::syntax::{Machine, Transition};

/// ```text
/// pub fn call<C>(self, name: &str, arguments: &Value, conn: &mut C) -> Result<()> {
///     let (at, given) = find_transition(..)?;
///     match at { 0 => { given.only(&["note"])?; let note: String = ..; self.approve(note)?; } .. }
///     Ok(())
/// }
/// ```
pub(super) fn by_name(machine: &Machine) -> TokenStream {
    let ty = &machine.ty;
    let each = machine.transitions.iter().enumerate().map(|(at, transition)| {
        let (at, ident) = (place(at), &transition.ident);
        if let Some(argument) = uncallable(transition) {
            return quote!(#at => return __given.refuse(#argument),);
        }
        let values = transition.arguments.iter().map(|(name, of)| argument(name, with_self(of.clone(), ty)));
        let of_json = transition.arguments.iter().filter(|(_, of)| !is_mutable(of)).map(|(name, _)| plain(name));
        let given =
            transition.arguments.iter().map(|(name, of)| if is_text(of) { quote!(&#name) } else { quote!(#name) });
        quote! {
            #at => {
                __given.only(&[#(#of_json),*])?;
                #(#values)*
                self.#ident(#(#given),*)?;
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
        pub fn call<__C: 'static>(
            self,
            name: &str,
            arguments: &::flow_core::__private::serde_json::Value,
            conn: &mut __C,
        ) -> ::flow_core::Result<()> {
            #[allow(unused_imports)]
            use ::flow_core::__private::{Argument, FromJson as _, NotFromJson as _, find_transition};
            let (__at, __given) = find_transition(&*self.row, &self.by, name, arguments)?;
            // Arguments of transitions may be called as those of this method.
            let __conn = conn;
            #[allow(unused_must_use)]
            match __at {
                #(#each)*
                _ => return __given.refuse(""),
            }
            ::core::result::Result::Ok(())
        }
    }
}

/// `let note: String = (&&Argument::<String>::NEW).read(&given, "note")?;`
fn argument(name: &Ident, of: TokenStream) -> TokenStream {
    let key = plain(name);
    if is_mutable(&of) {
        let of: TokenStream = of.into_iter().skip(2).collect();
        return quote! {
            let #name = __given.connection::<#of>(&mut *__conn, ::core::any::type_name::<__C>())?;
        };
    }
    let of = if is_text(&of) { quote!(::std::string::String) } else { of };
    quote!(let #name = (&&Argument::<#of>::NEW).read(&__given, #key)?;)
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
