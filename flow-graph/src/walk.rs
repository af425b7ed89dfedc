//! The walks over a graph that more than one check needs.

use crate::{Graph, NodeId};

/// Marks each node that some process can reach: from the starts, over edges and boundaries.
pub(crate) fn reachable(graph: &Graph<'_>) -> Vec<bool> {
    let starts = graph.ids().filter(|id| graph.node(*id).is_some_and(|node| node.kind.begins()));
    reachable_from(graph, starts.collect())
}

/// Marks these nodes and all that they lead to.
pub(crate) fn reachable_from(graph: &Graph<'_>, work: Vec<NodeId>) -> Vec<bool> {
    follow(graph, work, None)
}

/// Marks a node and all that it leads to without coming through another.
pub(crate) fn reachable_without(graph: &Graph<'_>, from: NodeId, closed: NodeId) -> Vec<bool> {
    follow(graph, vec![from], Some(closed))
}

/// Marks a node and all that lead to it.
pub(crate) fn reachable_to(graph: &Graph<'_>, to: NodeId) -> Vec<bool> {
    let mut before = vec![Vec::new(); graph.nodes.len()];
    for (from, node) in graph.ids().zip(graph.nodes) {
        for to in node.edges.iter().map(|edge| edge.to).chain(node.boundaries.iter().copied()) {
            if let Some(before) = before.get_mut(usize::from(to)) {
                before.push(from);
            }
        }
    }
    let mut seen = vec![false; graph.nodes.len()];
    let mut work = vec![to];
    while let Some(id) = work.pop() {
        if seen.get_mut(usize::from(id)).is_some_and(|mark| !std::mem::replace(mark, true)) {
            work.extend(&before[usize::from(id)]);
        }
    }
    seen
}

fn follow(graph: &Graph<'_>, mut work: Vec<NodeId>, closed: Option<NodeId>) -> Vec<bool> {
    let mut seen = vec![false; graph.nodes.len()];
    while let Some(id) = work.pop() {
        if closed == Some(id) {
            continue;
        }
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

/// One cycle of each group of such nodes that lead to one another, beginning with its first node.
pub(crate) fn cycles(graph: &Graph<'_>, member: impl Fn(NodeId) -> bool) -> Vec<Vec<NodeId>> {
    let mut cycles: Vec<Vec<NodeId>> = Vec::new();
    if !has_cycle(graph, &member) {
        return cycles;
    }
    let mut known = vec![false; graph.nodes.len()];
    for id in graph.ids() {
        if known[usize::from(id)] || !member(id) {
            continue;
        }
        if let Some(cycle) = way_back(graph, id, &member) {
            for id in &cycle {
                known[usize::from(*id)] = true;
            }
            cycles.push(cycle);
        }
    }
    cycles
}

/// Whether there is any: taking away, again and again, those that nothing leads to leaves some.
fn has_cycle(graph: &Graph<'_>, member: impl Fn(NodeId) -> bool) -> bool {
    let members: Vec<NodeId> = graph.ids().filter(|id| member(*id)).collect();
    let mut is_member = vec![false; graph.nodes.len()];
    for id in &members {
        is_member[usize::from(*id)] = true;
    }
    let mut led_to = vec![0_u32; graph.nodes.len()];
    for id in &members {
        each_target(graph, *id, &is_member, |to| led_to[usize::from(to)] += 1);
    }
    let mut left = members.len();
    let mut work: Vec<NodeId> = members.into_iter().filter(|id| led_to[usize::from(*id)] == 0).collect();
    while let Some(id) = work.pop() {
        left -= 1;
        each_target(graph, id, &is_member, |to| {
            led_to[usize::from(to)] -= 1;
            if led_to[usize::from(to)] == 0 {
                work.push(to);
            }
        });
    }
    left > 0
}

/// Each of these that the node leads to, as often as it does.
fn each_target(graph: &Graph<'_>, id: NodeId, wanted: &[bool], mut f: impl FnMut(NodeId)) {
    let node = &graph.nodes[usize::from(id)];
    for edge in node.edges {
        if wanted.get(usize::from(edge.to)).is_some_and(|wanted| *wanted) {
            f(edge.to);
        }
    }
    for boundary in node.boundaries {
        if wanted.get(usize::from(*boundary)).is_some_and(|wanted| *wanted) {
            f(*boundary);
        }
    }
}

/// The shortest way from a node over such nodes back to it.
fn way_back(graph: &Graph<'_>, start: NodeId, member: impl Fn(NodeId) -> bool) -> Option<Vec<NodeId>> {
    let mut from: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    let mut work = std::collections::VecDeque::from([start]);
    while let Some(id) = work.pop_front() {
        let node = graph.node(id)?;
        for to in node.edges.iter().map(|edge| edge.to).chain(node.boundaries.iter().copied()) {
            if to == start {
                let mut cycle = vec![id];
                while let Some(before) =
                    cycle.last().filter(|last| **last != start).and_then(|last| from[usize::from(*last)])
                {
                    cycle.push(before);
                }
                cycle.reverse();
                return Some(cycle);
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
