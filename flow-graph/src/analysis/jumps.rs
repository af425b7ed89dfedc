//! Branches that jump past the join of their split, to what is behind it.

use std::collections::{HashMap, HashSet};

use super::Analysis;
use crate::position::{Group, Position, PositionId};
use crate::{Kind, NodeId, Place};

/// A node that a branch comes to by itself, and that the process comes to again when the other branches have met.
pub(crate) struct Jump {
    pub(crate) split: NodeId,
    pub(crate) join: NodeId,
    pub(crate) node: NodeId,
    /// The node of the branch that leads there.
    pub(crate) from: NodeId,
    /// Where the branch is then.
    pub(crate) at: PositionId,
}

impl Jump {
    /// The edge that leads past the join.
    pub(crate) fn place(&self, analysis: &Analysis<'_>) -> Place {
        analysis.edge(self.from, self.node)
    }
}

/// Each of them once, where the branch leaves its own way: from there it can only end.
pub(crate) fn all(analysis: &Analysis<'_>) -> Vec<Jump> {
    let positions = &analysis.positions;
    if !positions.is_complete() || analysis.groups().is_empty() {
        return Vec::new();
    }
    let groups = analysis.groups();
    let groups: HashMap<_, &Group> = groups.iter().map(|group| ((group.outside, group.split), group)).collect();
    // Where two splits share a join, what is behind it runs twice for that.
    let mixed: HashSet<NodeId> = analysis.mixed().iter().flat_map(|mixed| [mixed.outer, mixed.inner]).collect();
    let mut jumps: Vec<Jump> = Vec::new();
    for at in positions.ids() {
        let Some((group, outside)) = beyond(analysis, &groups, at).filter(|(group, _)| !mixed.contains(&group.split))
        else {
            continue;
        };
        let from = positions.get(at).from;
        // What merely follows such a node is reported with it.
        let Some(from) = from.filter(|from| beyond(analysis, &groups, *from).is_none()) else { continue };
        let (node, from) = (positions.get(at).node, positions.get(from).node);
        let known = |jump: &Jump| jump.node == node && jump.split == group.split;
        if from == group.split || jumps.iter().any(known) {
            continue;
        }
        let own = positions.paths.scope(positions.get(at).path);
        let behind = group.arrivals.iter().find(|arrival| {
            let other = positions.paths.scope(arrival.branch);
            let differs = other != own || other.is_some_and(|branch| positions.paths.has_copies(branch, group.outside));
            differs && positions.leads_inside(positions.next(arrival.at), outside, group.outside)
        });
        if let Some(arrival) = behind {
            jumps.push(Jump { split: group.split, join: arrival.join, node, from, at });
        }
    }
    jumps
}

/// The branch can only end from here, and outside of its split, whose branches meet, there is the same node: where.
fn beyond<'g>(
    analysis: &Analysis<'_>,
    groups: &HashMap<(u32, NodeId), &'g Group>,
    at: PositionId,
) -> Option<(&'g Group, PositionId)> {
    let positions = &analysis.positions;
    let Position { node, path, .. } = positions.get(at);
    // Mostly there is no such node outside.
    let opened = positions.paths.around(path)?;
    let outside = positions.find(node, opened.0)?;
    let kind = analysis.kind(node)?;
    let plain = !kind.ends() && kind != Kind::Join && !kind.is_boundary();
    let group = *groups.get(&opened).filter(|_| plain)?;
    let ways = analysis.outcomes().get(at);
    (ways.ends() && !ways.joins()).then_some((group, outside))
}
