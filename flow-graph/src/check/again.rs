//! Splits that start again before their branches have met.

use super::Subject;
use crate::position::{Level, PathId, PositionId};
use crate::{Finding, NodeId, Place};

/// A branch of a split that comes back to it.
pub(super) struct Again {
    pub(super) split: NodeId,
    /// From the split back to it.
    pub(super) way: Vec<NodeId>,
    /// A join that the branches of the split can come to as well.
    pub(super) join: Option<NodeId>,
}

/// Each split that can start again inside of itself, once.
pub(super) fn splits(subject: &Subject<'_>) -> Vec<Again> {
    let mut all: Vec<Again> = Vec::new();
    for (before, split, path) in &subject.positions.again {
        if all.iter().any(|known| known.split == *split) {
            continue;
        }
        let join = subject
            .groups()
            .iter()
            .find(|group| group.split == *split)
            .and_then(|group| group.joins().first().copied());
        all.push(Again { split: *split, way: way(subject, *before, *split, *path), join });
    }
    all
}

/// The nodes of the branch that comes back, from its split on.
fn way(subject: &Subject<'_>, before: PositionId, split: NodeId, path: PathId) -> Vec<NodeId> {
    let way = subject.positions.way(before);
    let is_split = |level: &Level| matches!(level, Level::Branch { split: open, .. } if *open == split);
    let opened = subject.positions.paths.levels(path).iter().any(is_split);
    let from = way.iter().rposition(|node| *node == split).filter(|_| opened).unwrap_or(0);
    way[from..].to_vec()
}

/// What both checks say of it.
pub(super) fn finding(subject: &Subject<'_>, again: &Again) -> Finding {
    let back = again.way.last().copied().unwrap_or(again.split);
    let split = subject.name(again.split);
    let way: Vec<String> = again.way.iter().chain([&again.split]).map(|id| subject.name(*id)).collect();
    Finding::at(Place::Node(again.split), format!("{split} can start again before its branches have met"))
        .also(subject.edge(back, again.split), format!("this leads back to {split}"))
        .note(format!("it goes {}", way.join(" -> ")))
}
