//! Words about branches that come to joins, shared by the checks on splits.

use super::Analysis;
use crate::position::{Arrival, PathId, PositionId};
use crate::{Kind, NodeId};

/// The node from which a branch came to a join: of a direct edge the split.
pub(crate) fn before(analysis: &Analysis<'_>, arrival: &Arrival) -> NodeId {
    before_at(analysis, arrival.at)
}

pub(crate) fn before_at(analysis: &Analysis<'_>, at: PositionId) -> NodeId {
    let from = analysis.positions.get(at).from.unwrap_or(at);
    analysis.positions.get(from).node
}

/// "`a` is done", in the words that fit what it is.
pub(crate) fn done(analysis: &Analysis<'_>, id: NodeId) -> String {
    let name = analysis.name(id);
    match analysis.kind(id) {
        Some(Kind::Split) => format!("{name} starts a branch there directly"),
        Some(Kind::If | Kind::Switch) => format!("{name} chooses that way"),
        Some(Kind::Join) => format!("the branches of {name} have met"),
        Some(Kind::TimerBoundary) => format!("{name} comes"),
        _ => format!("{name} is done"),
    }
}

/// "`a` is done, and leads to `end`: this branch ends"
pub(crate) fn ends(analysis: &Analysis<'_>, from: NodeId, end: NodeId) -> String {
    let (name, end) = (analysis.name(from), analysis.name(end));
    match analysis.kind(from) {
        Some(Kind::If | Kind::Switch) => format!("{name} chooses {end}: this branch ends"),
        _ => format!("{}, and leads to {end}: this branch ends", done(analysis, from)),
    }
}

/// The nodes from which branches on top of this stack come to a join, each once.
pub(crate) fn all_before(analysis: &Analysis<'_>, join: NodeId, wanted: impl Fn(PathId) -> bool) -> Vec<NodeId> {
    let positions = &analysis.positions;
    let comes = |at: PositionId| positions.next(at).iter().map(|next| positions.get(*next));
    let mut nodes = analysis.before(join);
    nodes.retain(|node| {
        let here = positions.of_node(*node).iter();
        here.flat_map(|(_, at)| comes(*at)).any(|next| next.node == join && wanted(next.path))
    });
    nodes
}

/// How to lead these nodes elsewhere: "`next = this.j` on `a` and `b`".
pub(crate) fn lead(analysis: &Analysis<'_>, from: &[NodeId], now: NodeId, to: &str) -> String {
    let mut keys: Vec<(&str, Vec<NodeId>)> = Vec::new();
    for id in from {
        let edges = analysis.node(*id).map_or(&[][..], |node| node.edges);
        for edge in edges.iter().filter(|edge| edge.to == now) {
            match keys.iter_mut().find(|(known, _)| *known == edge.role.key()) {
                Some((_, ids)) if ids.contains(id) => {}
                Some((_, ids)) => ids.push(*id),
                None => keys.push((edge.role.key(), vec![*id])),
            }
        }
    }
    let parts = keys.iter().map(|(key, ids)| format!("`{key} = this.{to}` on {}", analysis.names(ids)));
    parts.collect::<Vec<_>>().join(", ")
}

/// "`start` -> `check`"
pub(crate) fn arrows(analysis: &Analysis<'_>, way: &[NodeId]) -> String {
    way.iter().map(|id| analysis.name(*id)).collect::<Vec<_>>().join(" -> ")
}
