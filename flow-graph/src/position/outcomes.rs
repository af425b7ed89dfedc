//! How a branch can leave its split: by a join, or by ending, and whether it has waited before.

use std::collections::BTreeSet;

use super::{Position, PositionId, Positions, ROOT};
use crate::walk::{Lists, fixpoint};
use crate::{Early, Kind, NodeId, Times};

/// The ways in which the branch at a position can leave the split it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    ends: Waited,
    /// By number: the order in which they are found says nothing.
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

    fn count(self) -> usize {
        usize::from(self.no) + usize::from(self.yes)
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
        match self.joins.binary_search_by_key(&join, |(known, _)| *known) {
            Ok(at) => self.joins[at].1 = self.joins[at].1.or(waited),
            Err(at) => self.joins.insert(at, (join, waited)),
        }
    }

    /// Takes over the other's ways. True if one of them is new.
    fn grow(&mut self, other: &Ways) -> bool {
        let before = self.count();
        self.add_end(other.ends);
        for (join, waited) in &other.joins {
            self.add_join(*join, *waited);
        }
        self.count() > before
    }

    fn count(&self) -> usize {
        self.ends.count() + self.joins.iter().map(|(_, waited)| waited.count()).sum::<usize>()
    }

    /// All of the other's ways, behind what came before.
    fn add_behind(&mut self, before: Waited, other: &Ways) {
        self.add_end(before.then(other.ends));
        for (join, waited) in &other.joins {
            self.add_join(*join, before.then(*waited));
        }
    }

    /// It can end.
    pub(crate) fn ends(&self) -> bool {
        self.ends.any()
    }

    /// It can end, after a task in it has waited.
    pub(crate) fn ends_late(&self) -> bool {
        self.ends.yes
    }

    /// It can come to a join of its split.
    pub(crate) fn joins(&self) -> bool {
        !self.joins.is_empty()
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
        let joins = positions.graph.nodes.iter().filter(|node| node.kind == Kind::Join).count();
        fixpoint(positions.list.len(), 2 * (joins + 1), &depends(positions), |at| {
            let position = positions.get(at);
            if position.path == ROOT {
                return false;
            }
            let ways = outcomes.at(positions, at, position);
            outcomes.ways[at as usize].grow(&ways)
        });
        outcomes
    }

    pub(crate) fn get(&self, at: PositionId) -> &Ways {
        &self.ways[at as usize]
    }

    fn at(&self, positions: &Positions<'_>, at: PositionId, Position { node: id, path, .. }: Position) -> Ways {
        let mut ways = Ways::default();
        let Some(node) = positions.graph.node(id) else { return ways };
        match node.kind {
            // The whole process ends: no other branch goes on without this one.
            kind if kind.terminates() => {}
            Kind::End => ways.add_end(Waited::NO),
            Kind::Split => self.split(positions, at, &mut ways),
            Kind::Join if positions.paths.scope(path).is_some() => ways.add_join(id, Waited::NO),
            kind => {
                for next in positions.next(at) {
                    // A child may throw an escalation, or end with an error, in the step that starts it.
                    let taken = positions.graph.nodes[usize::from(positions.get(*next).node)].kind;
                    let fails = kind.runs_child() && taken.is_taker();
                    let passes = !kind.waits() || fails || kind.may_pass();
                    let waits = Waited { no: passes, yes: kind.waits() };
                    // What a timeout starts beside the task is a branch of its own.
                    if positions.same_branch(positions.get(*next).path, path) {
                        ways.add_behind(waits, self.get(*next));
                    }
                }
            }
        }
        ways
    }

    /// All its branches end, and so does the branch it is on; or they meet, and it goes on behind the join.
    fn split(&self, positions: &Positions<'_>, at: PositionId, ways: &mut Ways) {
        let branches = self.branches(positions, at);
        ways.add_end(all_end(&branches));
        for (next, met) in self.behind(positions, at, &branches) {
            ways.add_behind(met, self.get(next));
        }
    }

    /// The branches of a split: how often each is started, and its ways.
    fn branches(&self, positions: &Positions<'_>, split: PositionId) -> Vec<(Times, &Ways)> {
        let edges = positions.graph.node(positions.get(split).node).map_or(&[][..], |node| node.edges);
        let firsts = edges.iter().zip(positions.next(split));
        firsts.map(|(edge, first)| (edge.times, self.get(*first))).collect()
    }

    /// Where the branch that a split is on goes on when the split's branches have met, and how they can.
    fn behind(
        &self,
        positions: &Positions<'_>,
        at: PositionId,
        branches: &[(Times, &Ways)],
    ) -> Vec<(PositionId, Waited)> {
        let outside = positions.get(at).path;
        let joins: BTreeSet<NodeId> =
            branches.iter().flat_map(|(_, branch)| branch.joins.iter().map(|(join, _)| *join)).collect();
        let mut behind = Vec::new();
        for join in joins {
            let Some(node) = positions.graph.node(join) else { continue };
            let mut met = met_at(branches, join);
            if node.early != Early::Never {
                // It may continue with the first that comes.
                met = branches.iter().fold(met, |met, (_, branch)| met.or(branch.joins_at(join)));
            }
            let edges = node.edges;
            let next = edges.iter().filter_map(|edge| positions.find(edge.to, outside));
            behind.extend(next.filter(|_| met.any()).map(|next| (next, met)));
        }
        behind
    }

    /// Where a process can come to behind the joins of a split in the step that opens it, since no branch has to wait.
    pub(crate) fn behind_at_once(&self, positions: &Positions<'_>, split: PositionId) -> Vec<PositionId> {
        let behind = self.behind(positions, split, &self.branches(positions, split));
        behind.into_iter().filter(|(_, met)| met.no).map(|(next, _)| next).collect()
    }
}

/// The positions whose ways depend on each one's: those before it, and in front of the joins of a split the split.
fn depends(positions: &Positions<'_>) -> Lists {
    let before = positions.steps_back();
    let mut depends = Lists::default();
    for at in positions.ids() {
        let from = |from: &PositionId| {
            let Position { node, path, .. } = positions.get(*from);
            let around = (positions.graph.nodes[usize::from(node)].kind == Kind::Join).then_some(path);
            let around = around.and_then(|path| positions.paths.around(path));
            around.map_or(Some(*from), |(outside, split)| positions.find(split, outside))
        };
        depends.push(before.get(at).iter().filter_map(from));
    }
    depends
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
