//! Splits that start again before their branches have met.

use std::collections::HashSet;

use super::Analysis;
use crate::position::{Level, PathId, PositionId};
use crate::{Finding, NodeId, Place};

/// A branch of a split that comes back to it.
pub(crate) struct Reentry {
    pub(crate) split: NodeId,
    /// From the split back to it.
    pub(crate) way: Vec<NodeId>,
    /// A join that the branches of the split can come to as well.
    pub(crate) join: Option<NodeId>,
}

/// Each split that can start again inside of itself, once.
pub(crate) fn splits(analysis: &Analysis<'_>) -> Vec<Reentry> {
    let mut known = HashSet::new();
    let mut all: Vec<Reentry> = Vec::new();
    for (before, split, path) in &analysis.positions.again {
        if known.insert(*split) {
            let join = analysis.group_of(*split).and_then(|group| group.joins().first().copied());
            all.push(Reentry { split: *split, way: way(analysis, *before, *split, *path), join });
        }
    }
    all
}

/// The nodes of the branch that comes back, from its split on.
fn way(analysis: &Analysis<'_>, before: PositionId, split: NodeId, path: PathId) -> Vec<NodeId> {
    let way = analysis.positions.way(before);
    let is_split = |level: &Level| matches!(level, Level::Branch { split: open, .. } if *open == split);
    let opened = analysis.positions.paths.levels(path).iter().any(is_split);
    let from = way.iter().rposition(|node| *node == split).filter(|_| opened).unwrap_or(0);
    way[from..].to_vec()
}

/// What both checks say of it.
pub(crate) fn finding(analysis: &Analysis<'_>, again: &Reentry) -> Finding {
    let back = again.way.last().copied().unwrap_or(again.split);
    let split = analysis.name(again.split);
    let way: Vec<String> = again.way.iter().chain([&again.split]).map(|id| analysis.name(*id)).collect();
    Finding::at(Place::Node(again.split), format!("{split} can start again before its branches have met"))
        .also(analysis.edge(back, again.split), format!("this leads back to {split}"))
        .note(format!("it goes {}", way.join(" -> ")))
}
