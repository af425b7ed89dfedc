//! Who meets whom: the branches of one split, and the joins they come to.

use super::{PathId, Position, PositionId, Positions};
use crate::{Kind, NodeId};

/// Arrivals of one branch that are compared with one another.
const PAIRS: usize = 32;

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
        let mut groups: Vec<Group> = Vec::new();
        // By the position of its split.
        let mut known: Vec<Option<usize>> = vec![None; self.list.len()];
        for (at, Position { node, path, .. }) in (0..).zip(self.list.iter().copied()) {
            if self.graph.nodes[usize::from(node)].kind != Kind::Join {
                continue;
            }
            let Some((outside, split)) = self.paths.around(path) else { continue };
            let Some(opened) = self.find(split, outside) else { continue };
            let group = *known[opened as usize].get_or_insert(groups.len());
            if group == groups.len() {
                groups.push(Group { split, outside, arrivals: Vec::new() });
            }
            groups[group].arrivals.push(Arrival { branch: path, join: node, at });
        }
        groups.sort_unstable_by_key(|group| (group.split, group.outside));
        groups
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

    /// The branch of the split that an arrival is in, without what timeouts started in it.
    fn own(positions: &Positions<'_>, arrival: &Arrival) -> Option<PathId> {
        positions.paths.scope(arrival.branch)
    }

    /// Two branches that come to two joins.
    pub(crate) fn two_joins(&self, positions: &Positions<'_>) -> Option<(Arrival, Arrival)> {
        let first = self.arrivals.first()?;
        let other = self.arrivals.iter().find(|arrival| arrival.join != first.join)?;
        let (of_first, of_other) = (Self::own(positions, first), Self::own(positions, other));
        if of_first != of_other {
            return Some((*first, *other));
        }
        // Another branch comes to another join than one of these two.
        if let Some(third) = self.arrivals.iter().find(|arrival| Self::own(positions, arrival) != of_first) {
            return Some(if third.join == first.join { (*other, *third) } else { (*first, *third) });
        }
        // All are of one branch: its copies, or what its timeouts start.
        let arrivals = self.arrivals.iter().take(PAIRS);
        let mut pairs =
            arrivals.clone().enumerate().flat_map(|(at, a)| arrivals.clone().skip(at + 1).map(move |b| (a, b)));
        pairs.find(|(a, b)| a.join != b.join && self.both(positions, a, b)).map(|(a, b)| (*a, *b))
    }
}
