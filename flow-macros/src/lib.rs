//! The doors of the macros. Their documentation is where users meet them: on `flow_core`'s re-exports.

mod errors;
mod flow;
mod guard;
mod names;
mod proxy;
mod tokens;

use proc_macro::TokenStream;

/// Turns a struct of node fields into a flow. See `flow_core::flow`.
#[proc_macro_attribute]
pub fn flow(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    guard::run(item.clone(), || flow::expand(args.into(), &item)).into()
}

/// Typed accessors and filters over the JSON document of a process. See `flow_core::ProcessProxy`.
#[proc_macro_derive(ProcessProxy, attributes(json))]
pub fn process_proxy(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::expand(item.into())).into()
}
