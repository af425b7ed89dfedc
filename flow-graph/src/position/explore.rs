//! The walk that finds all positions.

use std::cell::Cell;

use super::{Entry, Level, PathId, Paths, Position, PositionId, Positions, ROOT};
use crate::{Graph, Kind, Node, NodeId, Times};

/// More positions than this, and the branches of one split are no longer told apart.
const WIDEN: usize = 4096;

/// More than this, and the walk ends where it is.
const GIVE_UP: usize = 4 * WIDEN;

pub(super) fn explore<'g>(graph: &'g Graph<'g>, entries: &[Entry]) -> Positions<'g> {
    let exact = Walk::new(graph, true).run(entries, WIDEN);
    if exact.complete { exact } else { Walk::new(graph, false).run(entries, GIVE_UP) }
}

struct Walk<'g> {
    found: Positions<'g>,
}

impl<'g> Walk<'g> {
    fn new(graph: &'g Graph<'g>, exact: bool) -> Self {
        let found = Positions {
            graph,
            paths: Paths::new(),
            list: Vec::with_capacity(graph.nodes.len() * 2),
            by_node: vec![Vec::new(); graph.nodes.len()],
            pieces: Vec::with_capacity(graph.nodes.len() * 2),
            next: Vec::with_capacity(graph.nodes.len() * 3),
            again: Vec::new(),
            complete: true,
            exact,
            walked: Cell::new(0),
        };
        Walk { found }
    }

    fn run(mut self, entries: &[Entry], most: usize) -> Positions<'g> {
        for entry in entries {
            let path = entry.inside.iter().fold(ROOT, |path, level| self.enter(path, *level));
            self.push(entry.node, path, None);
        }
        let mut at = 0;
        while let Some(position) = self.found.list.get(at).copied() {
            if self.found.list.len() > most {
                self.found.complete = false;
                break;
            }
            let from = PositionId::try_from(at).unwrap_or(PositionId::MAX);
            let first = self.found.next.len();
            self.follow(from, position);
            let piece = (u32::try_from(first).unwrap_or(0), u32::try_from(self.found.next.len()).unwrap_or(0));
            self.found.pieces.push(piece);
            at += 1;
        }
        self.repeat_reminders();
        self.found
    }

    /// One level further in.
    fn enter(&mut self, path: PathId, level: Level) -> PathId {
        let graph = self.found.graph;
        let (level, many) = match level {
            Level::Branch { split, edge } => {
                let edges = graph.node(split).map_or(&[][..], |node| node.edges);
                let lists = |edge: usize| edges.get(edge).is_some_and(|edge| edge.times == Times::Each);
                match edge {
                    Some(edge) if self.found.exact => (level, lists(edge)),
                    _ => (Level::Branch { split, edge: None }, edges.len() > 1 || (0..edges.len()).any(lists)),
                }
            }
            level => (level, false),
        };
        self.found.paths.child(path, level, many)
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
        let to = self.push(node, path, Some(from));
        self.found.next.push(to);
    }

    fn follow(&mut self, from: PositionId, Position { node: id, path, .. }: Position) {
        let graph = self.found.graph;
        let Some(node) = graph.node(id) else { return };
        match node.kind {
            Kind::Split if self.found.paths.is_inside(path, id) => {
                let before = self.found.get(from).from.unwrap_or(from);
                self.found.again.push((before, id, path));
            }
            Kind::Split => {
                for (at, edge) in node.edges.iter().enumerate() {
                    let inside = self.enter(path, Level::Branch { split: id, edge: Some(at) });
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
        for id in node.boundaries {
            if graph.node(*id).is_none_or(|boundary| boundary.interrupting) {
                self.lead(from, *id, path);
                continue;
            }
            // One that leads back to its own task starts more and more of the same.
            let beside = match self.found.paths.beside(path, *id) {
                Some(beside) => {
                    self.found.paths.set_many(beside);
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
        if graph.nodes.iter().all(|node| !node.kind.is_boundary() || node.interrupting) {
            return;
        }
        let hosts: Vec<PositionId> = (0..).zip(&self.found.list).map(|(at, _)| at).collect();
        for at in hosts {
            let Position { node, path, .. } = self.found.get(at);
            let Some(host) = graph.node(node).filter(|host| !host.boundaries.is_empty()) else { continue };
            let reminds = |id: &&NodeId| graph.node(**id).is_some_and(|boundary| !boundary.interrupting);
            for boundary in host.boundaries.iter().filter(reminds) {
                if self.comes_back(at) {
                    let beside = self.enter(path, Level::Beside { boundary: *boundary });
                    self.found.paths.set_many(beside);
                }
            }
        }
    }

    fn comes_back(&self, to: PositionId) -> bool {
        let mut seen = vec![false; self.found.list.len()];
        let mut work = vec![to];
        while let Some(at) = work.pop() {
            for next in self.found.next(at) {
                if *next == to {
                    return true;
                }
                if !std::mem::replace(&mut seen[*next as usize], true) {
                    work.push(*next);
                }
            }
        }
        false
    }
}

impl Positions<'_> {
    /// Where a branch is when the join it came to goes on: out of the split. Where none is open a join lets it pass.
    pub(crate) fn after_join(&self, path: PathId) -> PathId {
        self.paths.scope(path).map_or(path, |scope| self.paths.parent(scope))
    }
}
