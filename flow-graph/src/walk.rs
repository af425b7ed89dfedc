//! The walks over a graph that more than one check needs.

use crate::{Graph, NodeId};

/// Marks each node that some process can reach: from the starts, over edges and boundaries.
pub(crate) fn reachable(graph: &Graph<'_>) -> Vec<bool> {
    let starts = graph.ids().filter(|id| graph.node(*id).is_some_and(|node| node.kind.begins()));
    reachable_from(graph, starts.collect())
}

/// Marks these nodes and all that they lead to.
pub(crate) fn reachable_from(graph: &Graph<'_>, mut work: Vec<NodeId>) -> Vec<bool> {
    let mut seen = vec![false; graph.nodes.len()];
    while let Some(id) = work.pop() {
        let (Some(node), Some(mark)) = (graph.node(id), seen.get_mut(usize::from(id))) else {
            continue;
        };
        if std::mem::replace(mark, true) {
            continue;
        }
        work.extend(node.edges.iter().map(|edge| edge.to));
        work.extend(node.boundaries);
    }
    seen
}
