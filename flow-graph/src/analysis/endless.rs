//! Why a branch can never end: the cycles that it goes round in.

use super::Analysis;
use crate::{Kind, NodeId, Times, walk};

/// A cycle that a branch never leaves, or only together with one that does not.
pub(crate) struct EndlessCycle {
    pub(crate) nodes: Vec<NodeId>,
    /// An end can be come to from it, by another branch of this split; the edge stays in the cycle.
    pub(crate) beside: Option<(NodeId, usize)>,
}

/// The cycles of a flow which has an end, each once: those that nothing else can be the reason for.
pub(crate) fn cycles(analysis: &Analysis<'_>) -> Vec<EndlessCycle> {
    let graph = analysis.graph;
    let stuck: Vec<NodeId> =
        graph.ids().filter(|id| !analysis.can_end(*id) && !analysis.positions.of_node(*id).is_empty()).collect();
    if stuck.is_empty() || !graph.nodes.iter().any(|node| node.kind.ends()) {
        return Vec::new();
    }
    let mut cycles = Vec::new();
    let mut known = vec![false; graph.nodes.len()];
    for id in stuck {
        if known[usize::from(id)] {
            continue;
        }
        let reached = stuck_from(analysis, id);
        let members: Vec<NodeId> = graph.ids().filter(|id| reached[usize::from(*id)]).collect();
        // Whatever it leads to leads back: nothing further on is the reason.
        let closed = members.iter().all(|member| stuck_from(analysis, *member)[usize::from(id)]);
        if !closed {
            continue;
        }
        for member in &members {
            known[usize::from(*member)] = true;
        }
        let inside = |id: NodeId| reached[usize::from(id)];
        if let Some(nodes) = walk::cycles(graph, inside).into_iter().next() {
            cycles.push(EndlessCycle { beside: way_out(analysis, &members, inside), nodes });
        }
    }
    cycles
}

/// The split of the cycle which has a branch that ends, and its edge that does not.
fn way_out(analysis: &Analysis<'_>, members: &[NodeId], inside: impl Fn(NodeId) -> bool) -> Option<(NodeId, usize)> {
    members.iter().find_map(|id| {
        let node = analysis.node(*id).filter(|node| node.kind == Kind::Split)?;
        let at = node.edges.iter().position(|edge| edge.times == Times::Once && inside(edge.to))?;
        node.edges.iter().any(|edge| analysis.can_end(edge.to)).then_some((*id, at))
    })
}

/// The nodes that a branch must come to, or may, on a way that cannot end.
fn stuck_from(analysis: &Analysis<'_>, start: NodeId) -> Vec<bool> {
    let mut seen = vec![false; analysis.graph.nodes.len()];
    let mut work = vec![start];
    while let Some(id) = work.pop() {
        let Some(node) = analysis.node(id) else { continue };
        let always = node.edges.iter().any(|edge| edge.times == Times::Once);
        let edges = node.edges.iter().filter(|edge| node.kind != Kind::Split || !always || edge.times == Times::Once);
        let timeouts = node.boundaries.iter().copied();
        let timeouts = timeouts.filter(|id| analysis.node(*id).is_some_and(|node| node.interrupting));
        for to in edges.map(|edge| edge.to).chain(timeouts) {
            let Some(mark) = seen.get_mut(usize::from(to)) else { continue };
            if !analysis.can_end(to) && !std::mem::replace(mark, true) {
                work.push(to);
            }
        }
    }
    seen
}

/// "`a` -> `b` -> `a`"
pub(crate) fn round(analysis: &Analysis<'_>, nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().chain(nodes.first()).map(|id| analysis.name(*id)).collect();
    names.join(" -> ")
}

/// What to do about a cycle: after which of its nodes a way out could be.
pub(crate) fn help(analysis: &Analysis<'_>, nodes: &[NodeId]) -> String {
    let end = analysis.graph.nodes.iter().find(|node| node.kind == Kind::End).map_or("end", |node| node.name);
    let plain = |id: NodeId| {
        analysis.node(id).is_some_and(|node| {
            node.target(crate::Role::Next).is_some() && node.kind != Kind::Split && !node.kind.is_boundary()
        })
    };
    let from = nodes.iter().rev().copied().find(|id| plain(*id));
    let Some((from, to)) = from.and_then(|from| Some((from, analysis.node(from)?.target(crate::Role::Next)?))) else {
        return "add a way out of this cycle".to_owned();
    };
    let ready = analysis.fresh("ready");
    let (from, to) = (analysis.plain(from), analysis.plain(to));
    format!(
        "add a way out of this cycle: `next = this.{ready}` on `{from}`, and `#[node(if = |_| true, then = this.{end}, else = this.{to})] pub {ready}: If,` with your condition"
    )
}
