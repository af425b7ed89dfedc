//! `#[states]` and `#[derive(States)]`: syntax, then checks, then the Rust.

mod derive;
mod expand;
mod options;
mod syntax;

use proc_macro2::TokenStream;

pub(crate) use derive::expand as derive;

use crate::errors::Errors;
use crate::tokens::with_root;

/// The impl block of a state machine, and the attribute's arguments.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut code = match syntax::parse(args, item.clone(), &mut errors) {
        Some(machine) => {
            let code = expand::machine(&machine);
            machine.root.iter().fold(code, with_root)
        }
        None => crate::tokens::without_attribute(item, "transition"),
    };
    code.extend(errors.into_tokens());
    code
}
