//! The Rust that a flow becomes. One file for each thing that is emitted; what it looks like stands above its
//! function.
//!
//! The order matters to an IDE: the struct first (highlighting takes the first place of a name), then what
//! resolves the user's words, then the rest.

mod branch;
mod call;
mod def;
mod forms;
mod ide;
mod item;
mod nodes;
mod refs;
mod table;
pub(super) mod texts;

use proc_macro2::{Ident, Span, TokenStream};

use super::lock::Released;
use super::model::{FlowModel, NodeModel};
use super::syntax::FlowSyntax;
use crate::names::{plain, snake_case};

/// `complete`: nothing was wrong so far, so the graph has all that it needs to be a constant.
pub(crate) fn flow(
    written: &FlowSyntax,
    flow: &FlowModel,
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
    code.extend(forms::forms(written, flow));
    code.extend(nodes::impls(written, flow, &names));
    code.extend(table::table(flow, &names, hints, released, complete));
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

/// The type of a node's tasks.
fn task_type(flow: &FlowModel, node: &NodeModel) -> TokenStream {
    let root = &flow.root;
    node.task.clone().unwrap_or_else(|| quote::quote!(#root::Task))
}
