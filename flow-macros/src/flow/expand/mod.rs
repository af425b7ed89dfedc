//! The Rust that a flow becomes. One file for each thing that is emitted; what it looks like stands above its
//! function.
//!
//! The order matters to an IDE: the struct first (highlighting takes the first place of a name), then what
//! resolves the user's words, then the rest.

mod branch;
mod call;
mod child;
mod def;
mod derived;
mod event;
mod forms;
mod ide;
mod item;
mod job;
mod nodes;
mod refs;
mod table;
pub(super) mod texts;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::lock::Released;
use super::model::{FlowModel, NodeModel};
use super::picture::Source;
use super::syntax::FlowSyntax;
use crate::names::{plain, snake_case, unspanned};

/// `complete`: nothing was wrong so far, so the graph has all that it needs to be a constant.
pub(crate) fn flow(
    written: &FlowSyntax,
    flow: &FlowModel,
    source: &Source,
    hints: &[flow_graph::Finding],
    released: Option<&Released>,
    complete: bool,
) -> TokenStream {
    let names = Names::new(flow);
    let mut code = item::item(written, flow, &names);
    code.extend(ide::key_literals(written, flow));
    code.extend(refs::refs(written, flow));
    code.extend(ide::words(written, flow));
    code.extend(item::value(written, flow));
    code.extend(nodes::markers(written, flow, &names));
    code.extend(forms::forms(written, flow, &names));
    code.extend(table::table(flow, &names, hints, released, complete));
    // Behind the callbacks: it has the text of the flow, and an editor finds a half-written word by its place in the
    // expansion, which must be the same with the word and without it.
    code.extend(nodes::impls(written, flow, source, &names));
    // What is wrong comes last: in front of other code it takes completion away.
    code.extend(refs::unknown(written, flow));
    code
}

/// Names of what is emitted.
struct Names {
    /// `hello_world_flow`: the module of the markers.
    module: Ident,
}

impl Names {
    fn new(flow: &FlowModel) -> Self {
        Names { module: Ident::new(&snake_case(&plain(&flow.ident)), Span::call_site()) }
    }

    /// The function of a node's callback: `__approve_if`.
    fn function(&self, id: usize, node: &NodeModel, key: &str) -> Ident {
        Ident::new(&format!("__{}_{id}_{key}", plain(&node.ident)), Span::call_site())
    }
}

/// The nodes that are fields, with their numbers.
fn fields(flow: &FlowModel) -> impl Iterator<Item = (usize, &NodeModel)> {
    flow.nodes.iter().enumerate().filter(|(_, node)| !node.kind.is_boundary())
}

/// The type of the flow's processes. By way of the flow, so that of a type without its derive one error is reported:
/// see [`derived`].
fn process_type(flow: &FlowModel) -> TokenStream {
    let (root, ident) = (&flow.root, &flow.ident);
    quote!(<#ident as #root::Flow>::Process)
}

/// The type of a node's tasks. By way of the node, as [`process_type`].
fn task_type(flow: &FlowModel, names: &Names, node: &NodeModel) -> TokenStream {
    let (root, module, marker) = (&flow.root, &names.module, unspanned(&node.ident));
    match &node.task {
        Some(_) => quote!(<#module::#marker as #root::node::Node>::Task),
        None => quote!(#root::Task),
    }
}
