//! The doors of the macros. Their documentation is where users meet them: on `flow_core`'s re-exports.

#[cfg(test)]
mod diagrams;
mod errors;
mod flow;
#[cfg(test)]
mod fuzz;
mod guard;
#[cfg(test)]
mod helps;
mod model;
mod names;
#[cfg(test)]
mod pages;
mod proxy;
mod rows;
#[cfg(test)]
mod snapshots;
mod states;
mod tokens;

use proc_macro::TokenStream;

/// Turns a struct of node fields into a flow. See `flow_core::flow`.
#[proc_macro_attribute]
pub fn flow(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    guard::run(item.clone(), || flow::expand(args.into(), &item)).into()
}

/// The picture of a flow in its documentation. `#[flow]` writes it.
#[doc(hidden)]
#[proc_macro]
pub fn flow_picture(input: TokenStream) -> TokenStream {
    flow::picture::expand(input.into()).into()
}

/// Typed accessors and filters over the JSON document of a process. See `flow_core::ProcessProxy`.
#[proc_macro_derive(ProcessProxy, attributes(json, proxy))]
pub fn process_proxy(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::expand(item.into(), proxy::Of::Process)).into()
}

/// The same over the JSON document of a task. See `flow_core::TaskProxy`.
#[proc_macro_derive(TaskProxy, attributes(json, proxy))]
pub fn task_proxy(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::expand(item.into(), proxy::Of::Task)).into()
}

/// The same over a JSON column of a table of the app's. See `flow_core::JsonProxy`.
#[proc_macro_derive(JsonProxy, attributes(json, proxy))]
pub fn json_proxy(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::expand(item.into(), proxy::Of::Row)).into()
}

/// A row of the app that processes and tasks refer to. See `flow_core::FlowModel`.
#[proc_macro_derive(FlowModel, attributes(flow_model, diesel))]
pub fn flow_model(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || model::expand(item.into())).into()
}

/// An enum with labels, as a field. See `flow_core::Choices`.
#[proc_macro_derive(Choices, attributes(choice))]
pub fn choices(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::choices(item.into())).into()
}

/// An enum of the states of a state machine. See `flow_core::States`.
#[proc_macro_derive(States, attributes(state))]
pub fn states_derive(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || states::derive(item.into())).into()
}

/// The transitions of a state machine. See `flow_core::states`.
#[proc_macro_attribute]
pub fn states(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    guard::run(item.clone(), || states::expand(args.into(), item)).into()
}

/// A struct inside a document. See `flow_core::JsonModel`.
#[proc_macro_derive(JsonModel, attributes(json))]
pub fn json_model(item: TokenStream) -> TokenStream {
    guard::run(proc_macro2::TokenStream::new(), || proxy::expand(item.into(), proxy::Of::Model)).into()
}
