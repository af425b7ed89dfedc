//! Where a process can be: each node, with the splits that are open around it.
//!
//! Branches never touch but at a join, a join only delays, and who must wait for whom is decided by the splits
//! that are open. So the places that one branch can come to are found by a plain walk that pushes at a split and
//! pops at a join, and two of them can be taken at once exactly where their stacks first part in branches of one
//! split. What can go wrong with splits and joins is then a question about single places and about pairs.
//!
//! ```
//! use flow_graph::position::Positions;
//! # use flow_graph::{Edge, Graph, Kind, Node, Role};
//! # let to = |to| [Edge::new(Role::Next, to)];
//! # let (start, split, task, join) = (to(1), [Edge::new(Role::Next, 2), Edge::new(Role::Next, 3)], to(4), to(5));
//! # let nodes = [
//! #     Node { edges: &start, ..Node::new("start", Kind::Start) },
//! #     Node { edges: &split, ..Node::new("split", Kind::Split) },
//! #     Node { edges: &task, ..Node::new("a", Kind::View) },
//! #     Node { edges: &task, ..Node::new("b", Kind::View) },
//! #     Node { edges: &join, ..Node::new("join", Kind::Join) },
//! #     Node::new("end", Kind::End),
//! # ];
//! # let graph = Graph { nodes: &nodes, ..Graph::new("f") };
//! // start -> split -> (a, b) -> join -> end
//! let positions = Positions::of(&graph);
//! let (a, b, end) = (2, 3, 5);
//! assert!(positions.at_once(a, b));
//! assert!(!positions.at_once(a, end));
//! ```

mod explore;
mod group;
mod meet;
mod outcomes;
mod path;
mod rounds;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};

pub use explore::NESTING_LIMIT;
pub(crate) use group::{Arrival, Group};
pub(crate) use meet::Around;
use meet::Round;
pub(crate) use outcomes::Outcomes;
pub use path::Level;
use path::Paths;
pub(crate) use path::{PathId, ROOT};
pub(crate) use rounds::Rounds;

use crate::walk::Lists;
use crate::{Graph, NodeId};

/// A place in the list of positions.
pub(crate) type PositionId = u32;

/// A node, and the splits that are open around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) node: NodeId,
    pub(crate) path: PathId,
    /// The one it was first come to from.
    pub(crate) from: Option<PositionId>,
}

/// A time in which nodes lead where they do in this graph.
pub(crate) struct Phase<'g> {
    pub(crate) graph: &'g Graph<'g>,
    /// Where processes begin.
    pub(crate) starts: Vec<NodeId>,
    /// The nodes that lead further than in the phase before.
    pub(crate) changed: Vec<NodeId>,
}

/// By split and node: two nodes from which branches of the split come to the node one by one.
pub(crate) type Merged = BTreeMap<(NodeId, NodeId), [NodeId; 2]>;

/// Every position that a process can come to.
#[derive(Debug)]
pub struct Positions<'g> {
    pub(crate) graph: &'g Graph<'g>,
    pub(crate) paths: Paths,
    /// In the order of their distance from where the walk began.
    pub(crate) list: Vec<Position>,
    /// Those of each node, by stack.
    by_node: Vec<Vec<(PathId, PositionId)>>,
    /// What each leads to.
    next: Lists,
    /// By boundary: the task that it is of.
    hosts: Vec<Option<NodeId>>,
    /// Splits that a branch of theirs comes back to: the position it comes from, and that it comes to.
    pub(crate) again: Vec<(PositionId, NodeId, PathId)>,
    /// A split that is come to inside of too many others.
    pub(crate) too_deep: Option<PositionId>,
    /// The position at which the walk was given up.
    gave_up: Option<PositionId>,
    /// Branches that have come together without a join are distinguished behind that.
    exact: bool,
    /// Where they are not.
    pub(crate) merged: Merged,
    /// How many positions were walked over to find out who can be beside whom.
    walked: Cell<usize>,
    /// What is around the tasks of timeouts, on a stack.
    rounds: RefCell<HashMap<(PositionId, PathId), Round>>,
    reversed: OnceCell<Lists>,
}

impl<'g> Positions<'g> {
    /// The positions of a process that begins at any of the starts.
    #[must_use]
    pub fn of(graph: &'g Graph<'g>) -> Self {
        let starts = graph.ids().filter(|id| graph.node(*id).is_some_and(|node| node.kind.begins()));
        Positions::from(graph, &starts.collect::<Vec<NodeId>>())
    }

    /// The positions of a process that begins at any of these.
    pub(crate) fn from(graph: &'g Graph<'g>, starts: &[NodeId]) -> Self {
        explore::explore(graph, starts)
    }

    /// The positions in the last phase of processes that have begun in it or in one before it.
    pub(crate) fn of_last(before: &[Phase<'g>], last: &Phase<'g>) -> Self {
        explore::explore_phases(before, last)
    }

    /// False if there were so many that the walk was given up: what was found is right, and more may be.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gave_up.is_none() && self.too_deep.is_none()
    }

    /// False if branches that have come together without a join are taken for one from there on: which of them sets
    /// what is not known then.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Both are in one branch, as far as that is distinguished.
    pub(crate) fn same_branch(&self, a: PathId, b: PathId) -> bool {
        a == b || (!self.exact && self.paths.split(a).is_some() && self.paths.split(a) == self.paths.split(b))
    }

    /// The node at which the walk was given up, if it was.
    pub(crate) fn gave_up(&self) -> Option<NodeId> {
        self.gave_up.map(|at| self.get(at).node)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// There are none: the flow has no start.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What a process can be inside of at this node, each outermost first.
    pub fn at(&self, node: NodeId) -> impl Iterator<Item = Vec<Level>> + '_ {
        self.of_node(node).iter().map(|(path, _)| self.paths.levels(*path))
    }

    /// Whether a process can be at both nodes at once, or at one of them twice.
    #[must_use]
    pub fn at_once(&self, a: NodeId, b: NodeId) -> bool {
        let (of_a, of_b) = (self.of_node(a), self.of_node(b));
        of_a.iter().any(|a| of_b.iter().any(|b| self.together(*a, *b)))
    }

    pub(crate) fn of_node(&self, node: NodeId) -> &[(PathId, PositionId)] {
        self.by_node.get(usize::from(node)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn get(&self, at: PositionId) -> Position {
        self.list[at as usize]
    }

    pub(crate) fn find(&self, node: NodeId, path: PathId) -> Option<PositionId> {
        let of_node = self.of_node(node);
        of_node.binary_search_by_key(&path, |(path, _)| *path).ok().map(|at| of_node[at].1)
    }

    pub(crate) fn next(&self, at: PositionId) -> &[PositionId] {
        self.next.get(at)
    }

    /// All steps from one position to the next.
    pub(crate) fn steps(&self) -> &Lists {
        &self.next
    }

    /// All steps backwards: what leads to each position.
    pub(crate) fn steps_back(&self) -> &Lists {
        self.reversed.get_or_init(|| self.next.reversed())
    }

    /// How many positions of a node there are.
    pub(crate) fn len_of(&self, node: NodeId) -> usize {
        self.of_node(node).len()
    }

    /// The numbers of all positions.
    pub(crate) fn ids(&self) -> std::ops::Range<PositionId> {
        0..PositionId::try_from(self.list.len()).unwrap_or(PositionId::MAX)
    }

    /// The nodes on the shortest way to a position.
    pub(crate) fn way(&self, at: PositionId) -> Vec<NodeId> {
        let mut way = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            way.push(self.get(at).node);
            next = self.get(at).from;
        }
        way.reverse();
        way
    }
}
