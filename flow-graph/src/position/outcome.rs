//! How a branch can leave its split: by a join, or by ending, and whether it has waited before.

use std::collections::BTreeSet;

use super::{Level, Position, PositionId, Positions, ROOT};
use crate::{Kind, NodeId, Times};

/// The ways in which the branch at a position can leave the split it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    ends: Waited,
    joins: Vec<(NodeId, Waited)>,
}

/// At once, after a wait, or either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Waited {
    no: bool,
    yes: bool,
}

impl Waited {
    const NO: Waited = Waited { no: true, yes: false };

    fn any(self) -> bool {
        self.no || self.yes
    }

    fn or(self, other: Waited) -> Waited {
        Waited { no: self.no || other.no, yes: self.yes || other.yes }
    }

    /// One after the other.
    fn then(self, other: Waited) -> Waited {
        let yes = (self.yes && other.any()) || (other.yes && self.any());
        Waited { no: self.no && other.no, yes }
    }
}

impl Ways {
    fn add_end(&mut self, waited: Waited) {
        self.ends = self.ends.or(waited);
    }

    fn add_join(&mut self, join: NodeId, waited: Waited) {
        if !waited.any() {
            return;
        }
        match self.joins.iter_mut().find(|(known, _)| *known == join) {
            Some((_, known)) => *known = known.or(waited),
            None => self.joins.push((join, waited)),
        }
    }

    /// All of the other's ways, behind what came before.
    fn add_behind(&mut self, before: Waited, other: &Ways) {
        self.add_end(before.then(other.ends));
        for (join, waited) in &other.joins {
            self.add_join(*join, before.then(*waited));
        }
    }

    /// It can end, after a task in it has waited.
    pub(crate) fn ends_late(&self) -> bool {
        self.ends.yes
    }

    fn joins_at(&self, join: NodeId) -> Waited {
        self.joins.iter().find(|(known, _)| *known == join).map_or(Waited::default(), |(_, waited)| *waited)
    }
}

/// The ways of every position that is inside of a split.
#[derive(Debug)]
pub(crate) struct Outcomes {
    ways: Vec<Ways>,
}

impl Outcomes {
    /// The least solution: what nothing leads to is no way.
    pub(crate) fn of(positions: &Positions<'_>) -> Self {
        let mut outcomes = Outcomes { ways: vec![Ways::default(); positions.list.len()] };
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..PositionId::try_from(positions.list.len()).unwrap_or(0)).rev() {
                let position = positions.get(at);
                if position.path == ROOT {
                    continue;
                }
                let ways = outcomes.at(positions, at, position);
                if outcomes.ways[at as usize] != ways {
                    outcomes.ways[at as usize] = ways;
                    changed = true;
                }
            }
        }
        outcomes
    }

    pub(crate) fn get(&self, at: PositionId) -> &Ways {
        &self.ways[at as usize]
    }

    fn at(&self, positions: &Positions<'_>, at: PositionId, Position { node: id, path, .. }: Position) -> Ways {
        let mut ways = Ways::default();
        let Some(node) = positions.graph.node(id) else { return ways };
        match node.kind {
            Kind::End => ways.add_end(Waited::NO),
            Kind::Split => self.split(positions, at, &mut ways),
            Kind::Join if positions.paths.scope(path).is_some() => ways.add_join(id, Waited::NO),
            kind => {
                let waits = Waited { no: !kind.waits(), yes: kind.waits() };
                for next in positions.next(at) {
                    // What a timeout starts beside the task is a branch of its own.
                    if positions.get(*next).path == path {
                        ways.add_behind(waits, self.get(*next));
                    }
                }
            }
        }
        ways
    }

    /// All its branches end, and so does the branch it is on; or they meet, and it goes on behind the join.
    fn split(&self, positions: &Positions<'_>, at: PositionId, ways: &mut Ways) {
        let split = positions.get(at);
        let edges = positions.graph.node(split.node).map_or(&[][..], |node| node.edges);
        let branches: Vec<(Times, &Ways)> = positions
            .next(at)
            .iter()
            .filter_map(|first| {
                let times = match positions.paths.level(positions.get(*first).path)? {
                    Level::Branch { edge: Some(edge), .. } => edges.get(edge)?.times,
                    _ => Times::Each,
                };
                Some((times, self.get(*first)))
            })
            .collect();
        ways.add_end(all_end(&branches));
        let joins: BTreeSet<NodeId> =
            branches.iter().flat_map(|(_, branch)| branch.joins.iter().map(|(join, _)| *join)).collect();
        for join in joins {
            let met = met_at(&branches, join);
            let behind = positions.graph.node(join).map_or(&[][..], |join| join.edges);
            for edge in behind {
                if let Some(next) = positions.find(edge.to, split.path) {
                    ways.add_behind(met, self.get(next));
                }
            }
        }
    }
}

/// Each branch that is started ends, and at least one is.
fn all_end(branches: &[(Times, &Ways)]) -> Waited {
    let (mut none, mut some) = (true, Waited::default());
    for (times, branch) in branches {
        let here = branch.ends;
        let began = some.then(here).or(if none { here } else { Waited::default() });
        if *times == Times::Once {
            (none, some) = (false, began);
        } else {
            some = some.or(began);
        }
    }
    some
}

/// Each branch that is started ends or comes to this join, and at least one comes.
fn met_at(branches: &[(Times, &Ways)], join: NodeId) -> Waited {
    let (mut none, mut ended, mut met) = (true, Waited::default(), Waited::default());
    for (times, branch) in branches {
        let (ends, joins) = (branch.ends, branch.joins_at(join));
        let start = |way: Waited| if none { way } else { Waited::default() };
        let more_ended = ended.then(ends).or(start(ends));
        let mut more_met = met.then(ends.or(joins)).or(ended.then(joins)).or(start(joins));
        if *times == Times::Each {
            // A copy may end where another comes.
            more_met = more_met.or(more_ended.then(joins)).or(more_met.then(ends));
        }
        if *times == Times::Once {
            (none, ended, met) = (false, more_ended, more_met);
        } else {
            (ended, met) = (ended.or(more_ended), met.or(more_met));
        }
    }
    met
}
