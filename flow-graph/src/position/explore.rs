//! The walk that finds all positions.

use std::cell::{Cell, OnceCell, RefCell};

use super::{Level, Merged, PathId, Paths, Phase, Position, PositionId, Positions, ROOT};
use crate::walk::{Components, Lists};
use crate::{Graph, Kind, Node, NodeId, Times};

/// How many splits may be open inside one another: the engine refuses to open one more.
pub const NESTING_LIMIT: u32 = 64;

/// More stacks than this, beside some for each branch and each timeout, and the walk ends where it is. Stacks are
/// counted because tasks that merely follow one another add none: how long a way is changes no verdict.
const STACKS: usize = 512;

/// The same where a split was seen to start again inside of itself: such a flow is refused in any case.
const STACKS_NESTING: usize = 64;

/// Stacks for each branch of a split and each timeout.
const STACKS_EACH: usize = 2;

/// More positions than this, and the walk ends, too.
const POSITIONS: usize = 150_000;

pub(super) fn explore<'g>(graph: &'g Graph<'g>, starts: &[NodeId]) -> Positions<'g> {
    let exact = Walk::new(graph, Mode::Exact, Merged::new()).run(starts);
    // A flow in which a split starts again inside of itself is refused in any case.
    let splits = graph.nodes.iter().any(|node| node.kind == Kind::Split);
    if exact.gave_up.is_none() || !exact.again.is_empty() || !splits {
        return exact;
    }
    // Most flows of so many stacks have branches that come together without a join, again and again: from there on
    // they are taken for one.
    let mut known = Walk::new(graph, Mode::Discover, Merged::new()).run(starts).merged;
    for _ in 0..ROUNDS {
        let found = Walk::new(graph, Mode::Merge, known.clone()).run(starts);
        if found.gave_up.is_some() {
            break;
        }
        if found.merged.len() == known.len() {
            return found;
        }
        known = found.merged;
    }
    exact
}

/// The positions of the last phase: those that processes have come to in the ones before it, and all that they lead to in
/// it. A phase leads each position further that is not known to lead there, and looks at no other one again.
pub(super) fn explore_phases<'g>(before: &[Phase<'g>], last: &Phase<'g>) -> Positions<'g> {
    let mut walk = Walk::new(last.graph, Mode::Exact, Merged::new());
    let mut followed = 0;
    for phase in before {
        walk.turn_to(phase.graph);
        walk.begin(&phase.starts);
        walk.follow_again(&phase.changed, followed);
        followed = walk.go_on(followed);
        if !walk.found.is_complete() {
            return walk.found;
        }
    }
    walk.turn_to(last.graph);
    // A process is where it is, however it came there.
    walk.found.list.iter_mut().for_each(|position| position.from = None);
    walk.begin(&last.starts);
    walk.found.next = Lists::default();
    walk.go_on(0);
    walk.finish()
}

/// Walks in which more and more of the branches that come together are taken for one.
const ROUNDS: usize = 4;

/// Where a branch goes on.
enum Merging {
    /// On this stack.
    Goes(PathId),
    /// As another one that is there already.
    Is(PositionId),
}

/// What a walk does where two branches of a split come to one node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Each goes on by itself.
    Exact,
    /// The first goes on. That they come together is noted.
    Discover,
    /// Where that is known they go on as one branch, of which there are several.
    Merge,
}

struct Walk<'g> {
    found: Positions<'g>,
    mode: Mode,
    /// How many branches and timeouts there are.
    levels: usize,
    /// What the position that is looked at leads to.
    leads: Vec<PositionId>,
}

impl<'g> Walk<'g> {
    fn new(graph: &'g Graph<'g>, mode: Mode, merged: Merged) -> Self {
        let found = Positions {
            graph,
            paths: Paths::new(),
            list: Vec::with_capacity(graph.nodes.len() * 2),
            by_node: vec![Vec::new(); graph.nodes.len()],
            next: Lists::default(),
            hosts: Vec::new(),
            again: Vec::new(),
            too_deep: None,
            gave_up: None,
            exact: mode == Mode::Exact,
            merged,
            walked: Cell::new(0),
            rounds: RefCell::default(),
            reversed: OnceCell::new(),
        };
        let mut walk = Walk { found, mode, levels: 0, leads: Vec::new() };
        walk.turn_to(graph);
        walk
    }

    fn run(mut self, starts: &[NodeId]) -> Positions<'g> {
        self.begin(starts);
        self.go_on(0);
        self.finish()
    }

    /// What leads where from here on.
    fn turn_to(&mut self, graph: &'g Graph<'g>) {
        let mut hosts = vec![None; graph.nodes.len()];
        self.levels = 0;
        for (id, node) in graph.ids().zip(graph.nodes) {
            let ways = node.boundaries.iter().filter(|id| is_way(graph, **id)).count();
            self.levels += ways + if node.kind == Kind::Split { node.edges.len() } else { 0 };
            for boundary in node.boundaries {
                if let Some(host) = hosts.get_mut(usize::from(*boundary)) {
                    *host = Some(id);
                }
            }
        }
        self.found.graph = graph;
        self.found.hosts = hosts;
        self.found.again.clear();
    }

    fn begin(&mut self, starts: &[NodeId]) {
        for start in starts {
            self.push(*start, ROOT, None);
        }
    }

    /// Follows all positions from a place of the list on, and gives the place behind the last of them.
    fn go_on(&mut self, mut at: usize) -> usize {
        while let Some(position) = self.found.list.get(at).copied() {
            let from = PositionId::try_from(at).unwrap_or(PositionId::MAX);
            let most = if self.found.again.is_empty() {
                STACKS + STACKS_EACH * self.levels
            } else {
                STACKS_NESTING + self.levels
            };
            if self.found.paths.len() > most || self.found.list.len() > POSITIONS {
                self.found.gave_up = Some(from);
                break;
            }
            self.follow(from, position);
            self.found.next.push(self.leads.drain(..));
            at += 1;
        }
        at
    }

    /// Follows the positions of these nodes again, as far as they were followed before.
    fn follow_again(&mut self, nodes: &[NodeId], followed: usize) {
        for node in nodes {
            let here: Vec<PositionId> = self.found.of_node(*node).iter().map(|(_, at)| *at).collect();
            for at in here.into_iter().filter(|at| (*at as usize) < followed) {
                self.follow(at, self.found.get(at));
                self.leads.clear();
            }
        }
    }

    fn finish(mut self) -> Positions<'g> {
        // Those that the walk did not come to lead nowhere, as far as is known.
        for _ in self.found.next.len()..self.found.list.len() {
            self.found.next.push(std::iter::empty());
        }
        self.repeat_reminders();
        self.found.paths.spread_copies();
        self.found
    }

    /// One level further in.
    fn enter(&mut self, path: PathId, level: Level) -> PathId {
        let is_list = match level {
            Level::Branch { split, edge } => {
                let edges = self.found.graph.node(split).map_or(&[][..], |node| node.edges);
                edges.get(edge).is_some_and(|edge| edge.times == Times::Each)
            }
            Level::Beside { .. } => false,
        };
        self.found.paths.child(path, level, is_list)
    }

    fn push(&mut self, node: NodeId, path: PathId, from: Option<PositionId>) -> PositionId {
        let next = PositionId::try_from(self.found.list.len()).unwrap_or(PositionId::MAX);
        let Some(of_node) = self.found.by_node.get_mut(usize::from(node)) else { return next };
        match of_node.binary_search_by_key(&path, |(path, _)| *path) {
            Ok(at) => of_node[at].1,
            Err(at) => {
                of_node.insert(at, (path, next));
                self.found.list.push(Position { node, path, from });
                next
            }
        }
    }

    fn lead(&mut self, from: PositionId, node: NodeId, path: PathId) {
        let target = self.found.graph.node(node);
        // A process that goes back to its start is another mistake, and that edge will change.
        if target.is_none_or(|target| target.kind.begins()) {
            return;
        }
        let to = match self.merge(from, node, path) {
            Merging::Goes(path) => self.push(node, path, Some(from)),
            Merging::Is(at) => at,
        };
        self.leads.push(to);
    }

    /// Where a branch goes on that comes to a node, if others of its split may have come there before.
    fn merge(&mut self, from: PositionId, node: NodeId, path: PathId) -> Merging {
        let graph = self.found.graph;
        let kind = graph.nodes[usize::from(node)].kind;
        let plain = kind != Kind::Join && !kind.ends() && !kind.is_boundary();
        let Some(Level::Branch { split, .. }) = self.found.paths.level(path).filter(|_| plain) else {
            return Merging::Goes(path);
        };
        if self.mode == Mode::Exact {
            return Merging::Goes(path);
        }
        let parent = self.found.paths.parent(path);
        if self.found.merged.contains_key(&(split, node)) {
            let edges = graph.nodes[usize::from(split)].edges.len();
            // A number past those of the edges: several branches, at this node and behind it.
            let several = Level::Branch { split, edge: edges + usize::from(node) };
            return Merging::Goes(self.found.paths.child(parent, several, true));
        }
        let by = |at: PositionId| self.found.get(at).node;
        let other = self.found.of_node(node).iter().find(|(other, at)| {
            let sibling = *other != path && self.found.paths.split(*other) == Some((parent, split));
            sibling && self.found.get(*at).from.is_some_and(|other| by(other) != by(from))
        });
        let Some((_, at)) = other.copied() else { return Merging::Goes(path) };
        let first = self.found.get(at).from.map_or(from, |from| from);
        let pair = [by(first), by(from)];
        self.found.merged.insert((split, node), pair);
        if self.mode == Mode::Discover { Merging::Is(at) } else { Merging::Goes(path) }
    }

    fn follow(&mut self, from: PositionId, Position { node: id, path, .. }: Position) {
        let graph = self.found.graph;
        let Some(node) = graph.node(id) else { return };
        match node.kind {
            Kind::Split if self.found.paths.is_inside(path, id) => {
                let before = self.found.get(from).from.unwrap_or(from);
                self.found.again.push((before, id, path));
            }
            Kind::Split if self.found.paths.splits(path) >= NESTING_LIMIT => {
                self.found.too_deep = self.found.too_deep.or(Some(from));
            }
            Kind::Split => {
                for (at, edge) in node.edges.iter().enumerate() {
                    let inside = self.enter(path, Level::Branch { split: id, edge: at });
                    self.lead(from, edge.to, inside);
                }
            }
            _ => {
                let path = if node.kind == Kind::Join { self.found.after_join(path) } else { path };
                for edge in node.edges {
                    self.lead(from, edge.to, path);
                }
                self.timeouts(from, node, path);
            }
        }
    }

    fn timeouts(&mut self, from: PositionId, node: &Node<'g>, path: PathId) {
        let graph = self.found.graph;
        for id in node.boundaries.iter().filter(|id| is_way(graph, **id)) {
            if graph.node(*id).is_none_or(|boundary| boundary.interrupting) {
                self.lead(from, *id, path);
                continue;
            }
            // One that leads back to its own task starts more and more of the same.
            let beside = match self.found.paths.beside(path, *id) {
                Some(beside) => {
                    self.found.paths.set_copies(beside);
                    path
                }
                None => self.enter(path, Level::Beside { boundary: *id }),
            };
            self.lead(from, *id, beside);
        }
    }

    /// What a timeout started can be there twice if its task can be come to again.
    fn repeat_reminders(&mut self) {
        let graph = self.found.graph;
        if graph
            .ids()
            .zip(graph.nodes)
            .all(|(id, node)| !node.kind.is_boundary() || node.interrupting || !is_way(graph, id))
        {
            return;
        }
        let groups = Components::of(&self.found.next);
        for at in self.found.ids() {
            let Position { node, path, .. } = self.found.get(at);
            let Some(host) = graph.node(node).filter(|host| !host.boundaries.is_empty()) else { continue };
            if !groups.is_cycle(&self.found.next, at) {
                continue;
            }
            let reminds =
                |id: &&NodeId| is_way(graph, **id) && graph.node(**id).is_some_and(|boundary| !boundary.interrupting);
            for boundary in host.boundaries.iter().filter(reminds) {
                let beside = self.enter(path, Level::Beside { boundary: *boundary });
                self.found.paths.set_copies(beside);
            }
        }
    }
}

/// A branch can go on over a boundary: what leads to a compensation handler is no way of the process.
fn is_way(graph: &Graph<'_>, boundary: NodeId) -> bool {
    graph.node(boundary).is_none_or(|node| node.kind != Kind::CompensationBoundary)
}

impl Positions<'_> {
    /// Where a branch is when the join it came to goes on: out of the split. Where none is open a join lets it pass.
    pub(crate) fn after_join(&self, path: PathId) -> PathId {
        self.paths.scope(path).map_or(path, |scope| self.paths.parent(scope))
    }
}
