//! `#[flow]`: a flow's whole way, on one screen.
//!
//! [`syntax`] reads what was written and never fails; [`lower`] says what it means; [`lock`] reads its releases;
//! `flow_graph` says what is wrong with it; [`expand`] writes the Rust. A mistake makes a hole, and everything else goes on.

mod closure;
mod code;
mod expand;
mod lock;
mod lower;
mod model;
pub(crate) mod picture;
mod report;
mod syntax;
mod value;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let source = picture::Source::new(&args, item);
    let mut errors = Errors::default();
    let Some(written) = syntax::parse(args, item.clone(), &mut errors) else {
        // Not a struct at all: it stays as it was, beside the error.
        let errors = errors.into_tokens();
        return quote::quote!(#item #errors);
    };
    let flow = lower::flow(&written, &mut errors);
    let released = lock::read(&flow, &mut errors);
    let report::Said { warnings, hints } = report::findings(&flow, released.as_ref(), &mut errors);
    let mut code = expand::flow(&written, &flow, &source, &hints, released.as_ref(), errors.is_empty());
    code.extend(warnings);
    code.extend(errors.into_tokens());
    code
}

/// The graph of a flow, whatever is wrong with it.
#[cfg(test)]
pub(crate) fn with_graph<R>(args: TokenStream, item: TokenStream, f: impl FnOnce(&flow_graph::Graph<'_>) -> R) -> R {
    let mut errors = Errors::default();
    let written = syntax::parse(args, item, &mut errors).expect("a struct");
    lower::flow(&written, &mut errors).with_graph(f)
}
