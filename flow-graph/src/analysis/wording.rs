//! Words that several checks use: how a branch came somewhere, and how to lead it elsewhere.

use std::collections::BTreeSet;

use super::Analysis;
use crate::finding::Edit;
use crate::position::{Arrival, PositionId};
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
        Some(Kind::If | Kind::Switch) => format!("{name} takes that edge"),
        Some(Kind::Join) => format!("the branches of {name} have met"),
        Some(Kind::TimerBoundary) => format!("{name} comes"),
        Some(kind) if kind.is_taker() => format!("{name} is taken"),
        _ => format!("{name} is done"),
    }
}

/// "`a` is done, and leads to `end`: this branch ends"; of one that jumps to a node it ends after that.
pub(crate) fn ends(analysis: &Analysis<'_>, from: NodeId, to: NodeId, jumps: bool) -> String {
    let (name, to) = (analysis.name(from), analysis.name(to));
    let ends = if jumps { format!("this branch goes on with {to} and ends") } else { "this branch ends".to_owned() };
    match analysis.kind(from) {
        Some(Kind::If | Kind::Switch) => format!("{name} leads to {to}: {ends}"),
        _ => format!("{}, and leads to {to}: {ends}", done(analysis, from)),
    }
}

/// The nodes from which a process comes to any of these positions, each once.
pub(crate) fn all_before(analysis: &Analysis<'_>, at: impl Iterator<Item = PositionId>) -> Vec<NodeId> {
    let positions = &analysis.positions;
    let before = positions.steps_back();
    let nodes: BTreeSet<NodeId> = at.flat_map(|at| before.get(at)).map(|from| positions.get(*from).node).collect();
    nodes.into_iter().collect()
}

/// How to lead nodes elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Lead {
    /// "`next = this.j` on `a` and `b`".
    pub(crate) text: String,
    pub(crate) edits: Vec<Edit>,
}

/// How to lead these nodes, where they lead to `now`, to a node of this number and name.
pub(crate) fn lead(analysis: &Analysis<'_>, from: &[NodeId], now: NodeId, to: NodeId, name: &str) -> Lead {
    let mut keys: Vec<(String, Vec<NodeId>)> = Vec::new();
    let mut edits = Vec::new();
    for id in from {
        let Some(node) = analysis.node(*id) else { continue };
        for (edge, way) in node.edges.iter().enumerate().filter(|(_, edge)| edge.to == now) {
            edits.push(Edit::Lead { node: *id, edge, to });
            // A timeout is written on its task.
            let (key, on) = match analysis.positions.host_of(*id).filter(|_| node.kind.is_boundary()) {
                Some(host) if node.kind.is_taker() => {
                    let key = if node.kind == Kind::ErrorBoundary { "on_error" } else { "on_escalation" };
                    let code = node.code.map(|code| format!(", code = \"{code}\"")).unwrap_or_default();
                    let beside = if node.interrupting { "" } else { ", interrupting = false" };
                    (format!("{key}(this.{name}{code}{beside})"), host)
                }
                Some(host) if node.interrupting => (format!("on_timeout(.., this.{name})"), host),
                Some(host) => (format!("on_timeout(.., this.{name}, interrupting = false)"), host),
                None => (format!("{} = this.{name}", way.role.key()), *id),
            };
            match keys.iter_mut().find(|(known, _)| *known == key) {
                Some((_, ids)) if ids.contains(&on) => {}
                Some((_, ids)) => ids.push(on),
                None => keys.push((key, vec![on])),
            }
        }
    }
    let parts = keys.iter().map(|(key, ids)| format!("`{key}` on {}", analysis.names(ids)));
    Lead { text: parts.collect::<Vec<_>>().join(", "), edits }
}

/// "`start` -> `check`"
pub(crate) fn arrows(analysis: &Analysis<'_>, way: &[NodeId]) -> String {
    way.iter().map(|id| analysis.name(*id)).collect::<Vec<_>>().join(" -> ")
}
