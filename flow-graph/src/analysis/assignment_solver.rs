//! What holds at each position if each node makes something hold: what [`Assignment`](super::assignment::Assignment) is solved by.

use crate::position::{Level, PathId, PositionId, Positions};
use crate::{Early, Kind, NodeId, Times};

/// The positions, laid out for what looks at each of them again and again.
#[derive(Debug)]
pub(crate) struct Solver {
    /// By position.
    steps: Vec<Step>,
    meetings: Vec<Meeting>,
    /// The branches of all meetings that are always started: each a piece of `leaves`.
    branches: Vec<Piece>,
    leaves: Leaves,
}

/// From one place in a list to another.
type Piece = (usize, usize);

#[derive(Clone, Copy, Debug)]
struct Step {
    /// What holds when its node is done.
    adds: u64,
    /// It comes while the task before it is not done.
    is_timeout: bool,
    /// At the join of a split: the meeting.
    meets: Option<usize>,
}

/// The branches of a split that come to joins.
#[derive(Debug)]
struct Meeting {
    split: PositionId,
    /// A piece of `branches`.
    branches: Piece,
}

impl Solver {
    /// From what each node makes hold when it is done.
    pub(crate) fn of(positions: &Positions<'_>, adds: &[u64]) -> Self {
        let nodes = positions.graph.nodes;
        let mut steps = Vec::with_capacity(positions.list.len());
        for position in &positions.list {
            let node = usize::from(position.node);
            steps.push(Step { adds: adds[node], is_timeout: nodes[node].kind.is_boundary(), meets: None });
        }
        let (meetings, branches) = (Vec::new(), Vec::new());
        let mut solver = Solver { steps, meetings, branches, leaves: Leaves::of(positions) };
        solver.find_meetings(positions);
        solver
    }

    fn find_meetings(&mut self, positions: &Positions<'_>) {
        // By the position of its split.
        let mut known: Vec<Option<usize>> = vec![None; positions.list.len()];
        for (at, position) in positions.list.iter().enumerate() {
            let node = &positions.graph.nodes[usize::from(position.node)];
            // Behind one that may continue early only what each branch makes hold does.
            if node.kind != Kind::Join || node.early != Early::Never {
                continue;
            }
            let split = positions.paths.around(position.path);
            let Some(split) = split.and_then(|(outside, split)| positions.find(split, outside)) else { continue };
            let meeting = known[split as usize].unwrap_or_else(|| self.add_meeting(positions, split));
            known[split as usize] = Some(meeting);
            self.steps[at].meets = Some(meeting);
        }
    }

    fn add_meeting(&mut self, positions: &Positions<'_>, split: PositionId) -> usize {
        let first = self.branches.len();
        let edges = positions.graph.nodes[usize::from(positions.get(split).node)].edges;
        for next in positions.next(split) {
            let path = positions.get(*next).path;
            let Some(Level::Branch { edge, .. }) = positions.paths.level(path) else { continue };
            if edges.get(edge).is_some_and(|edge| edge.times == Times::Once) {
                self.branches.push(self.leaves.of_path(path));
            }
        }
        self.meetings.push(Meeting { split, branches: (first, self.branches.len()) });
        self.meetings.len() - 1
    }

    /// What holds once the node of a position is done.
    pub(crate) fn adds(&self, at: PositionId) -> u64 {
        self.steps[at as usize].adds
    }

    /// What holds on every way from these positions, where nothing does yet: the greatest solution. Only what
    /// comes from one of the places in `region` is followed.
    pub(crate) fn solve(&self, positions: &Positions<'_>, from: &[PositionId], region: &[PositionId]) -> Vec<u64> {
        // Zeroes cost nothing to make; what is outside is never asked for.
        let mut holds = vec![0; self.steps.len()];
        for at in region {
            holds[*at as usize] = u64::MAX;
        }
        for at in from {
            holds[*at as usize] = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in region {
                let (step, before) = (self.steps[*at as usize], holds[*at as usize]);
                let done = match step.meets {
                    Some(meeting) => self.met(&holds, &self.meetings[meeting]),
                    None => before | step.adds,
                };
                for next in positions.next(*at) {
                    let next = *next as usize;
                    let now = holds[next] & if self.steps[next].is_timeout { before } else { done };
                    if now != holds[next] {
                        (holds[next], changed) = (now, true);
                    }
                }
            }
        }
        holds
    }

    /// What holds when the branches of a split have met: what held before, and what each branch that is always
    /// started does on all of its ways.
    fn met(&self, holds: &[u64], meeting: &Meeting) -> u64 {
        let mut all = holds[meeting.split as usize];
        for (from, to) in &self.branches[meeting.branches.0..meeting.branches.1] {
            let mut on_all = u64::MAX;
            for at in &self.leaves.list[*from..*to] {
                on_all &= holds[*at as usize];
            }
            all |= on_all;
        }
        all
    }

    /// The shortest way to a position, over such as `within` says, on which no node makes one of `bits` hold.
    pub(crate) fn walk(
        &self,
        positions: &Positions<'_>,
        from: Vec<PositionId>,
        bits: u64,
        to: PositionId,
        within: impl Fn(PositionId) -> bool,
    ) -> Vec<NodeId> {
        const START: PositionId = PositionId::MAX;
        // By position the one before it, plus one; 0: not met.
        let mut before: Vec<PositionId> = vec![0; self.steps.len()];
        for start in &from {
            before[*start as usize] = START;
        }
        // All that was come to, the nearest first.
        let mut work = from;
        let mut done = 0;
        while let Some(at) = work.get(done).copied() {
            done += 1;
            if at == to {
                return way(positions, &before, at);
            }
            let makes = self.steps[at as usize].adds & bits != 0;
            for next in positions.next(at) {
                let open = !makes || self.steps[*next as usize].is_timeout;
                if open && before[*next as usize] == 0 && within(*next) {
                    before[*next as usize] = at + 1;
                    work.push(*next);
                }
            }
        }
        Vec::new()
    }
}

/// The nodes of the way that was found, from the one before each.
fn way(positions: &Positions<'_>, before: &[PositionId], to: PositionId) -> Vec<NodeId> {
    let mut way = vec![positions.get(to).node];
    let mut next = before[to as usize];
    while let Some(at) = next.checked_sub(1).filter(|at| (*at as usize) < before.len()) {
        way.push(positions.get(at).node);
        next = before[at as usize];
    }
    way.reverse();
    way
}

/// Where branches end or come to a join, those of one stack side by side.
#[derive(Debug)]
struct Leaves {
    list: Vec<PositionId>,
    /// By stack: where its own end.
    ends: Vec<usize>,
}

impl Leaves {
    fn of(positions: &Positions<'_>) -> Self {
        let nodes = positions.graph.nodes;
        let mut ends = vec![0; positions.paths.len()];
        let mut all = Vec::new();
        for (at, position) in (0..).zip(&positions.list) {
            let kind = nodes[usize::from(position.node)].kind;
            if kind == Kind::Join || kind.ends() {
                ends[position.path as usize] += 1;
                all.push((position.path, at));
            }
        }
        let mut end = 0;
        for many in &mut ends {
            end += *many;
            *many = end;
        }
        let mut list = vec![0; all.len()];
        let mut begins = ends.clone();
        for (path, at) in all {
            begins[path as usize] -= 1;
            list[begins[path as usize]] = at;
        }
        Leaves { list, ends }
    }

    fn of_path(&self, path: PathId) -> Piece {
        let path = path as usize;
        (path.checked_sub(1).map_or(0, |before| self.ends[before]), self.ends[path])
    }
}
