//! Why a branch can never end: the cycles that it goes round in.

use super::Analysis;
use crate::finding::{Edit, NewNode};
use crate::walk::{self, Components, Lists};
use crate::{Edge, Finding, Kind, NodeId, Role, Times};

/// A cycle that a branch never leaves, or only together with one that does not.
pub(crate) struct EndlessCycle {
    pub(crate) nodes: Vec<NodeId>,
    /// An end can be come to from it, by another branch of this split; the edge stays in the cycle.
    pub(crate) beside: Option<(NodeId, usize)>,
}

/// The cycles of a flow which has an end, each once: those that nothing else can be the reason for.
pub(crate) fn cycles(analysis: &Analysis<'_>) -> Vec<EndlessCycle> {
    let graph = analysis.graph;
    // Where not all positions are known a node to which a path leads will do.
    let known = analysis.positions.gave_up().is_none();
    let reached = if known { Vec::new() } else { walk::reachable(graph) };
    let is_reached = |id: NodeId| if known { analysis.positions.len_of(id) > 0 } else { reached[usize::from(id)] };
    let stuck = |id: NodeId| !analysis.can_end(id) && is_reached(id) && !analysis.is_terminated(id);
    if !graph.ids().any(stuck) || analysis.end().is_none() {
        return Vec::new();
    }
    let mut next = Lists::default();
    for id in graph.ids() {
        let from = stuck(id);
        next.push(must_come_to(analysis, id).filter(|to| from && !analysis.can_end(*to)).map(u32::from));
    }
    let groups = Components::of(&next);
    // A group that leads to another one is not the reason: that is further on.
    let mut leaves = vec![false; groups.count()];
    for id in graph.ids() {
        let group = groups.group(u32::from(id));
        if next.get(u32::from(id)).iter().any(|to| groups.group(*to) != group) {
            leaves[group as usize] = true;
        }
    }
    let mut members: Vec<Vec<NodeId>> = vec![Vec::new(); groups.count()];
    for id in graph.ids().filter(|id| groups.is_cycle(&next, u32::from(*id))) {
        members[groups.group(u32::from(id)) as usize].push(id);
    }
    let mut cycles = Vec::new();
    for (group, members) in (0..).zip(members) {
        let Some(first) = members.first().copied().filter(|_| !leaves[group as usize]) else { continue };
        let inside = |id: NodeId| usize::from(id) < next.len() && groups.group(u32::from(id)) == group;
        let round = walk::shortest_back(&next, u32::from(first), |to| groups.group(to) == group);
        let nodes = round.into_iter().filter_map(|id| NodeId::try_from(id).ok()).collect();
        cycles.push(EndlessCycle { beside: way_out(analysis, &members, inside), nodes });
    }
    cycles.sort_by_key(|cycle| cycle.nodes.first().copied());
    cycles
}

/// Where a branch goes on from a node, as far as it must or may: of a split which always starts some of its branches
/// those alone.
fn must_come_to<'a>(analysis: &Analysis<'a>, id: NodeId) -> impl Iterator<Item = NodeId> + use<'a> {
    let graph = analysis.graph;
    let node = graph.node(id);
    let edges = node.map_or(&[][..], |node| node.edges);
    let is_split = node.is_some_and(|node| node.kind == Kind::Split);
    let always = is_split && edges.iter().any(|edge| edge.times == Times::Once);
    let edges = edges.iter().filter(move |edge| !always || edge.times == Times::Once).map(|edge| edge.to);
    let timeouts = node.map_or(&[][..], |node| node.boundaries).iter().copied();
    let timeouts = timeouts.filter(|id| graph.node(*id).is_some_and(|node| node.interrupting));
    edges.chain(timeouts).filter(|to| usize::from(*to) < graph.nodes.len())
}

/// The split of the cycle which has a branch that ends, and its edge that does not.
fn way_out(analysis: &Analysis<'_>, members: &[NodeId], inside: impl Fn(NodeId) -> bool) -> Option<(NodeId, usize)> {
    members.iter().find_map(|id| {
        let node = analysis.node(*id).filter(|node| node.kind == Kind::Split)?;
        let at = node.edges.iter().position(|edge| edge.times == Times::Once && inside(edge.to))?;
        node.edges.iter().any(|edge| analysis.can_end(edge.to)).then_some((*id, at))
    })
}

/// "`a` -> `b` -> `a`"
pub(crate) fn round(analysis: &Analysis<'_>, nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().chain(nodes.first()).map(|id| analysis.name(*id)).collect();
    names.join(" -> ")
}

/// Nodes of a cycle behind which a way out is tried.
const TRIED: usize = 4;

/// What to do about a cycle: a way out behind one of its nodes, the last one first.
pub(crate) fn help(analysis: &Analysis<'_>, nodes: &[NodeId], mut finding: Finding) -> Finding {
    let next = |id: NodeId| {
        let node = analysis.node(id).filter(|node| node.kind != Kind::Split && !node.kind.is_boundary())?;
        node.edges.iter().position(|edge| edge.role == Role::Next)
    };
    let from = nodes.iter().rev().filter_map(|id| Some((*id, next(*id)?)));
    let (Some(end), ready) = (analysis.end(), analysis.fresh("ready")) else { return finding };
    for (place, (from, edge)) in from.take(TRIED).enumerate() {
        let to = analysis.graph.nodes[usize::from(from)].edges[edge].to;
        let text = format!(
            "add a way out of this cycle: `next = this.{ready}` on `{}`, and `#[node(if = |_| true, then = this.{}, else = this.{})] pub {ready}: If,` with your condition",
            analysis.plain(from),
            analysis.plain(end),
            analysis.plain(to),
        );
        let edges = vec![Edge::new(Role::Then, end), Edge::new(Role::Else, to)];
        let add = Edit::Add(NewNode { name: ready.clone(), kind: Kind::If, edges });
        let edits = vec![add, Edit::Lead { node: from, edge, to: analysis.next_id() }];
        finding = if place == 0 { finding.paste(text, edits) } else { finding.or_paste(text, edits) };
    }
    finding
}
