//! Which positions one process can come to: both at once, or one after the other.

use std::collections::hash_map::Entry;
use std::collections::{HashSet, VecDeque};

use super::{Level, PathId, PositionId, Positions};
use crate::NodeId;
use crate::walk::Lists;

/// What a node is inside of, outermost, if that is the same at all of its positions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Around {
    Nothing,
    Split(NodeId),
    /// Now this, now that, or what a timeout started.
    Anything,
}

impl Around {
    /// Nodes with these around them may be side by side: quicker than to look at each pair of positions.
    pub(crate) fn may_meet(self, other: Around) -> bool {
        match (self, other) {
            (Around::Anything, _) | (_, Around::Anything) => true,
            (Around::Split(a), Around::Split(b)) => a == b,
            _ => false,
        }
    }
}

/// More positions than this are not walked over to find out what timeouts can be beside.
const WALKED: usize = 1_000_000;

/// Positions around a task that are looked at before all are.
const NEAR: usize = 16;

/// What a task leads to, and what leads to it.
#[derive(Debug)]
pub(crate) struct Round {
    behind: Vec<bool>,
    before: Vec<bool>,
}

/// More pairs of positions than this are looked at of no two nodes.
const PAIRS: usize = 10_000;

impl Positions<'_> {
    /// By node: what is around it.
    pub(crate) fn around(&self) -> Vec<Around> {
        let mut all = Vec::with_capacity(self.graph.nodes.len());
        for node in self.graph.ids() {
            let mut around = None;
            for (path, _) in self.of_node(node) {
                let here = match self.paths.level(self.paths.top(*path)) {
                    None => Around::Nothing,
                    Some(Level::Branch { split, .. }) => Around::Split(split),
                    Some(Level::Beside { .. }) => Around::Anything,
                };
                around = match (around, here) {
                    (None, here) => Some(here),
                    (Some(Around::Nothing), Around::Nothing) => around,
                    (Some(Around::Split(a)), Around::Split(b)) if a == b => around,
                    _ => Some(Around::Anything),
                };
            }
            all.push(around.unwrap_or(Around::Nothing));
        }
        all
    }

    /// The nodes can be in two branches of one split, or one is in what a timeout of the other's branch started.
    pub(crate) fn side_by_side(&self, a: NodeId, b: NodeId) -> bool {
        let mut left = PAIRS;
        for a in self.of_node(a) {
            for b in self.of_node(b) {
                if left == 0 {
                    return false;
                }
                left -= 1;
                if self.part(*a, *b) {
                    return true;
                }
            }
        }
        false
    }

    /// Two branches of a process can be at these positions, each at its own: they part in branches of one split, or
    /// one is beside the other. Copies of one branch are not meant.
    pub(crate) fn part(&self, a: (PathId, PositionId), b: (PathId, PositionId)) -> bool {
        if !self.paths.parts(a.0, b.0) {
            return false;
        }
        let (shared, over_a, over_b) = self.paths.part(a.0, b.0);
        self.met_host(shared, over_a, b.1) && self.met_host(shared, over_b, a.1)
    }

    /// The same, or as copies of one branch.
    pub(crate) fn together(&self, a: (PathId, PositionId), b: (PathId, PositionId)) -> bool {
        let (shared, ..) = self.paths.part(a.0, b.0);
        self.part(a, b) || self.paths.is_many(shared)
    }

    /// What a timeout starts is beside those alone who come to its task, too. Where there is no timeout, everybody.
    fn met_host(&self, shared: PathId, over: Option<PathId>, other: PositionId) -> bool {
        let Some(Level::Beside { boundary }) = over.and_then(|over| self.paths.level(over)) else { return true };
        let Some(host) = self.host(boundary, shared) else { return true };
        host == other
            || self.is_near(host, other)
            || self.with_round(host, shared, |round| self.meets(round, shared, other))
    }

    /// Whether a few steps lead from one position to another: mostly they do.
    fn is_near(&self, from: PositionId, to: PositionId) -> bool {
        let mut seen = [from; NEAR];
        let (mut done, mut count) = (0, 1);
        while done < count {
            for next in self.next(seen[done]) {
                // Behind a join a process may be outside of where both are.
                let inside = self.paths.parent(self.get(*next).path) == self.get(from).path
                    || self.get(*next).path == self.get(from).path;
                if *next == to && inside {
                    return true;
                }
                if inside && count < NEAR && !seen[..count].contains(next) {
                    seen[count] = *next;
                    count += 1;
                }
            }
            done += 1;
        }
        false
    }

    /// A process that comes to the task of a timeout can come to a position, before or after, or in another branch of a
    /// split of which one branch leads to the task.
    fn meets(&self, round: &Round, shared: PathId, other: PositionId) -> bool {
        if round.behind[other as usize] || round.before[other as usize] {
            return true;
        }
        self.paths.stack(self.get(other).path).take_while(|id| *id != shared).any(|branch| {
            let opened = self.paths.split(branch).and_then(|(outside, split)| self.find(split, outside));
            let firsts = opened.map_or(&[][..], |split| self.next(split));
            firsts.iter().any(|first| self.get(*first).path != branch && round.before[*first as usize])
        })
    }

    /// What is around a task inside of a stack, found once. Not known any more in flows where that was asked too often.
    fn with_round<R: Default>(&self, host: PositionId, shared: PathId, f: impl FnOnce(&Round) -> R) -> R {
        let mut rounds = self.rounds.borrow_mut();
        let round = match rounds.entry((host, shared)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if self.walked.get() > WALKED => return R::default(),
            Entry::Vacant(new) => {
                let inside = |at: PositionId| self.is_on(self.get(at).path, shared);
                let behind = self.reach(&self.next, host, inside);
                let before = self.reach(self.steps_back(), host, inside);
                new.insert(Round { behind, before })
            }
        };
        f(round)
    }

    /// All that a position leads to, over others that are inside.
    fn reach(&self, next: &Lists, from: PositionId, inside: impl Fn(PositionId) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.list.len()];
        let mut work = vec![from];
        let mut walked = 0;
        while let Some(at) = work.pop() {
            walked += 1;
            for to in next.get(at) {
                if !seen[*to as usize] && inside(*to) {
                    seen[*to as usize] = true;
                    work.push(*to);
                }
            }
        }
        self.walked.set(self.walked.get() + walked);
        seen
    }

    /// The task of a timeout, where it is on this stack.
    pub(crate) fn host(&self, boundary: NodeId, path: PathId) -> Option<PositionId> {
        self.find(self.host_of(boundary)?, path)
    }

    /// The task of a timeout.
    pub(crate) fn host_of(&self, boundary: NodeId) -> Option<NodeId> {
        self.hosts.get(usize::from(boundary)).copied().flatten()
    }

    /// Whether one of these leads to a position, over others on top of this stack.
    pub(crate) fn leads_inside(&self, from: &[PositionId], to: PositionId, base: PathId) -> bool {
        self.leads(from, to, |at| self.is_on(self.get(at).path, base))
    }

    fn is_on(&self, path: PathId, base: PathId) -> bool {
        base == super::ROOT || self.paths.stack(path).any(|id| id == base)
    }

    /// Whether one of these leads to a position, over others that are inside.
    fn leads(&self, from: &[PositionId], to: PositionId, inside: impl Fn(PositionId) -> bool) -> bool {
        let mut seen: HashSet<PositionId> = HashSet::new();
        let mut work = VecDeque::from(from.to_vec());
        while let Some(at) = work.pop_front() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                work.extend(self.next(at).iter().copied().filter(|next| inside(*next)));
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::Draft;
    use crate::position::Positions;

    #[test]
    fn what_is_around_two_nodes_rules_out_none_that_are_side_by_side() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["inner", "b"])
            .node("inner", Kind::Split, &["c", "d"])
            .node("b", Kind::View, &["j"])
            .node("c", Kind::View, &["m"])
            .node("d", Kind::View, &["m"])
            .node("m", Kind::Join, &["j"])
            .node("j", Kind::Join, &["again"])
            .node("again", Kind::If, &["next", "after"])
            .node("next", Kind::Split, &["e", "f"])
            .node("e", Kind::View, &["k"])
            .node("f", Kind::View, &["k"])
            .node("k", Kind::Join, &["after"])
            .node("after", Kind::View, &["end"])
            .node("remind", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("after", "remind", false);
        draft.with_graph(|graph| {
            let positions = Positions::of(graph);
            let around = positions.around();
            let mut ruled_out = 0;
            for (a, of_a) in graph.ids().zip(&around) {
                for (b, of_b) in graph.ids().zip(&around) {
                    let meet = of_a.may_meet(*of_b);
                    ruled_out += usize::from(!meet);
                    assert!(meet || !positions.side_by_side(a, b), "{a} and {b}");
                }
            }
            assert!(ruled_out > 100, "{ruled_out}");
            assert!(positions.side_by_side(draft.id("b"), draft.id("c")));
            assert!(positions.side_by_side(draft.id("remind"), draft.id("after")));
        });
    }
}
