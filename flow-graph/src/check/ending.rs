//! Why a branch can never end: the circles that it goes round in.

use super::Subject;
use crate::{Kind, NodeId, Times, walk};

/// A circle that a branch never leaves, or only together with one that does not.
pub(super) struct Circle {
    pub(super) nodes: Vec<NodeId>,
    /// An end can be come to from it, by another branch of this split; the edge stays in the circle.
    pub(super) beside: Option<(NodeId, usize)>,
}

/// The circles of a flow which has an end, each once: those that nothing else can be the reason for.
pub(super) fn circles(subject: &Subject<'_>) -> Vec<Circle> {
    let graph = subject.graph;
    let stuck: Vec<NodeId> =
        graph.ids().filter(|id| !subject.can_end(*id) && !subject.positions.of_node(*id).is_empty()).collect();
    if stuck.is_empty() || !graph.nodes.iter().any(|node| node.kind.ends()) {
        return Vec::new();
    }
    let mut circles = Vec::new();
    let mut known = vec![false; graph.nodes.len()];
    for id in stuck {
        if known[usize::from(id)] {
            continue;
        }
        let reached = stuck_from(subject, id);
        let members: Vec<NodeId> = graph.ids().filter(|id| reached[usize::from(*id)]).collect();
        // Whatever it leads to leads back: nothing further on is the reason.
        let closed = members.iter().all(|member| stuck_from(subject, *member)[usize::from(id)]);
        if !closed {
            continue;
        }
        for member in &members {
            known[usize::from(*member)] = true;
        }
        let inside = |id: NodeId| reached[usize::from(id)];
        if let Some(nodes) = walk::circles(graph, inside).into_iter().next() {
            circles.push(Circle { beside: way_out(subject, &members, inside), nodes });
        }
    }
    circles
}

/// The split of the circle which has a branch that ends, and its edge that does not.
fn way_out(subject: &Subject<'_>, members: &[NodeId], inside: impl Fn(NodeId) -> bool) -> Option<(NodeId, usize)> {
    members.iter().find_map(|id| {
        let node = subject.node(*id).filter(|node| node.kind == Kind::Split)?;
        let at = node.edges.iter().position(|edge| edge.times == Times::Once && inside(edge.to))?;
        node.edges.iter().any(|edge| subject.can_end(edge.to)).then_some((*id, at))
    })
}

/// The nodes that a branch must come to, or may, on a way that cannot end.
fn stuck_from(subject: &Subject<'_>, start: NodeId) -> Vec<bool> {
    let mut seen = vec![false; subject.graph.nodes.len()];
    let mut work = vec![start];
    while let Some(id) = work.pop() {
        let Some(node) = subject.node(id) else { continue };
        let always = node.edges.iter().any(|edge| edge.times == Times::Once);
        let edges = node.edges.iter().filter(|edge| node.kind != Kind::Split || !always || edge.times == Times::Once);
        let timeouts = node.boundaries.iter().copied();
        let timeouts = timeouts.filter(|id| subject.node(*id).is_some_and(|node| node.interrupting));
        for to in edges.map(|edge| edge.to).chain(timeouts) {
            let Some(mark) = seen.get_mut(usize::from(to)) else { continue };
            if !subject.can_end(to) && !std::mem::replace(mark, true) {
                work.push(to);
            }
        }
    }
    seen
}

/// "`a` -> `b` -> `a`"
pub(super) fn round(subject: &Subject<'_>, nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().chain(nodes.first()).map(|id| subject.name(*id)).collect();
    names.join(" -> ")
}

/// What to do about a circle: after which of its nodes a way out could be.
pub(super) fn help(subject: &Subject<'_>, nodes: &[NodeId]) -> String {
    let end = subject.graph.nodes.iter().find(|node| node.kind == Kind::End).map_or("end", |node| node.name);
    let plain = |id: NodeId| {
        subject.node(id).is_some_and(|node| {
            node.target(crate::Role::Next).is_some() && node.kind != Kind::Split && !node.kind.is_boundary()
        })
    };
    let from = nodes.iter().rev().copied().find(|id| plain(*id));
    let Some((from, to)) = from.and_then(|from| Some((from, subject.node(from)?.target(crate::Role::Next)?))) else {
        return "add a way out of this circle".to_owned();
    };
    let ready = subject.fresh("ready");
    let (from, to) = (subject.plain(from), subject.plain(to));
    format!(
        "add a way out of this circle: `next = this.{ready}` on `{from}`, and `#[node(if = |_| true, then = this.{end}, else = this.{to})] pub {ready}: If,` with your condition"
    )
}
