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

/// One circle of each group of such nodes that lead to one another, beginning with its first node.
pub(crate) fn circles(graph: &Graph<'_>, member: impl Fn(NodeId) -> bool) -> Vec<Vec<NodeId>> {
    let mut circles: Vec<Vec<NodeId>> = Vec::new();
    let mut known = vec![false; graph.nodes.len()];
    for id in graph.ids() {
        if known[usize::from(id)] || !member(id) {
            continue;
        }
        if let Some(circle) = way_back(graph, id, &member) {
            for id in &circle {
                known[usize::from(*id)] = true;
            }
            circles.push(circle);
        }
    }
    circles
}

/// The shortest way from a node over such nodes back to it.
fn way_back(graph: &Graph<'_>, start: NodeId, member: impl Fn(NodeId) -> bool) -> Option<Vec<NodeId>> {
    let mut from: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    let mut work = std::collections::VecDeque::from([start]);
    while let Some(id) = work.pop_front() {
        let node = graph.node(id)?;
        for to in node.edges.iter().map(|edge| edge.to).chain(node.boundaries.iter().copied()) {
            if to == start {
                let mut circle = vec![id];
                while let Some(before) =
                    circle.last().filter(|last| **last != start).and_then(|last| from[usize::from(*last)])
                {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            let fresh = from.get(usize::from(to)).is_some_and(Option::is_none);
            if fresh && member(to) {
                from[usize::from(to)] = Some(id);
                work.push_back(to);
            }
        }
    }
    None
}
