//! Who meets whom: the branches of one split, and the joins they come to.

use std::collections::BTreeMap;

use super::{PathId, Position, PositionId, Positions};
use crate::{Kind, NodeId};

/// The branches of one split, opened at one position.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) split: NodeId,
    /// The stack the split is on.
    pub(crate) outside: PathId,
    pub(crate) arrivals: Vec<Arrival>,
}

/// A branch that comes to a join.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// The branch: two are different branches if they differ here, or are copies of one.
    pub(crate) branch: PathId,
    pub(crate) join: NodeId,
    pub(crate) at: PositionId,
}

impl Positions<'_> {
    /// The groups of which some branch comes to a join, in the order of their splits.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<(NodeId, PathId), Group> = BTreeMap::new();
        for (at, Position { node, path, .. }) in (0..).zip(self.list.iter().copied()) {
            if self.graph.node(node).is_none_or(|node| node.kind != Kind::Join) {
                continue;
            }
            let Some((outside, split)) = self.paths.scope(path).and_then(|scope| self.paths.split(scope)) else {
                continue;
            };
            let new = || Group { split, outside, arrivals: Vec::new() };
            let group = groups.entry((split, outside)).or_insert_with(new);
            group.arrivals.push(Arrival { branch: path, join: node, at });
        }
        groups.into_values().collect()
    }
}

impl Group {
    /// The joins that its branches come to, each once, by number.
    pub(crate) fn joins(&self) -> Vec<NodeId> {
        let mut joins: Vec<NodeId> = self.arrivals.iter().map(|arrival| arrival.join).collect();
        joins.sort_unstable();
        joins.dedup();
        joins
    }

    /// Whether these can be two branches: they are different ones, or there can be copies of one.
    pub(crate) fn differ(&self, positions: &Positions<'_>, a: PathId, b: PathId) -> bool {
        a != b || positions.paths.has_copies(a, self.outside)
    }

    /// Both can arrive in one opening of the split.
    fn both(&self, positions: &Positions<'_>, a: &Arrival, b: &Arrival) -> bool {
        let parts = a.branch == b.branch || positions.part((a.branch, a.at), (b.branch, b.at));
        self.differ(positions, a.branch, b.branch) && parts
    }

    /// Two branches that come to two joins.
    pub(crate) fn two_joins(&self, positions: &Positions<'_>) -> Option<(Arrival, Arrival)> {
        let pairs =
            self.arrivals.iter().enumerate().flat_map(|(at, a)| self.arrivals[at + 1..].iter().map(move |b| (a, b)));
        let mut pairs = pairs.filter(|(a, b)| a.join != b.join && self.both(positions, a, b));
        pairs.next().map(|(a, b)| (*a, *b))
    }
}
