//! Names of flows and nodes in filters, and which of them are said to whom: what `/api/openapi.json` says to everybody,
//! and to managers what is theirs.

use flow_core::graph::Graph;
use flow_core::{DynFlow, FlowConnection, Flows, User};

/// Whether a flow has a node of this name, now or once; without a flow any of them.
pub(crate) fn has_node<C: FlowConnection>(flows: &Flows<C>, flow: Option<&str>, node: &str) -> bool {
    let has = |graph: &Graph<'_>| graph.find(node).is_some();
    match flow {
        Some(flow) => flows.find(flow).is_some_and(|flow| has(flow.graph())),
        None => flows.graphs().any(has),
    }
}

/// The error for an unknown flow; it names the known ones.
pub(crate) fn flows<C: FlowConnection>(flows: &Flows<C>, user: &dyn User) -> String {
    let shown = |flow: &&DynFlow<C>| flow.starts().next().is_some() || user.manages(flow.graph().name);
    let names = flows.all().iter().filter(shown).map(|flow| flow.graph().name);
    with("is not a flow of this app", names)
}

/// That a flow has no such node, or none of the flows, and which ones the flow has.
pub(crate) fn nodes<C: FlowConnection>(flows: &Flows<C>, flow: Option<&str>, user: &dyn User) -> String {
    let Some(flow) = flow.and_then(|flow| flows.find(flow)) else {
        return "is not a node of any flow of this app".to_owned();
    };
    let graph = flow.graph();
    let all = user.manages(graph.name);
    let names = graph.nodes.iter().filter(|node| all || node.kind.is_human()).map(|node| node.name);
    with(&format!("is not a node of the flow `{}`", graph.name), names)
}

fn with<'n>(text: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    if known.is_empty() { text.to_owned() } else { format!("{text}, as {}", known.join(", ")) }
}
