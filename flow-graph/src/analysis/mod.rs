//! What the checks look at: the graph, and what is found out about it once for all of them.

pub(crate) mod access;
pub(crate) mod assignment;
mod assignment_solver;
pub(crate) mod endless;
mod handlers;
mod index;
pub(crate) mod jumps;
pub(crate) mod merges;
pub(crate) mod mixed_joins;
pub(crate) mod reentry;
pub(crate) mod wording;

use std::cell::OnceCell;
use std::collections::HashSet;

use access::Access;
use assignment::Assignment;
use index::Index;
use jumps::Jump;
use merges::Merge;
use mixed_joins::Mixed;

use crate::code::{Code, NodeCode};
use crate::position::{Around, Group, Outcomes, PathId, PositionId, Positions};
use crate::{Graph, Kind, Node, NodeId, Place, Times};

/// A graph, with what several checks need of it.
pub(crate) struct Analysis<'a> {
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) positions: Positions<'a>,
    pub(crate) index: Index,
    ends: Vec<bool>,
    code: &'a Code,
    groups: OnceCell<Vec<Group>>,
    outcomes: OnceCell<Outcomes>,
    names: OnceCell<HashSet<&'a str>>,
    around: OnceCell<Vec<Around>>,
    mixed: OnceCell<Vec<Mixed>>,
    merges: OnceCell<Vec<Merge>>,
    jumps: OnceCell<Vec<Jump>>,
    access: OnceCell<Access<'a>>,
    assignment: OnceCell<Option<Assignment>>,
}

impl<'a> Analysis<'a> {
    pub(crate) fn new(graph: &'a Graph<'a>, code: &'a Code) -> Self {
        Analysis::from(graph, code, Positions::of(graph))
    }

    /// Of processes that are at other positions than those of a flow by itself.
    pub(crate) fn from(graph: &'a Graph<'a>, code: &'a Code, positions: Positions<'a>) -> Self {
        let index = Index::of(graph);
        Analysis {
            graph,
            positions,
            ends: ends(graph, &index, None),
            index,
            code,
            groups: OnceCell::new(),
            outcomes: OnceCell::new(),
            names: OnceCell::new(),
            around: OnceCell::new(),
            mixed: OnceCell::new(),
            merges: OnceCell::new(),
            jumps: OnceCell::new(),
            access: OnceCell::new(),
            assignment: OnceCell::new(),
        }
    }

    pub(crate) fn groups(&self) -> &[Group] {
        self.groups.get_or_init(|| self.positions.groups())
    }

    /// The branches of a split that come to joins, where it was opened first.
    pub(crate) fn group_of(&self, split: NodeId) -> Option<&Group> {
        self.groups_of(split).first()
    }

    /// The same, wherever it is opened.
    pub(crate) fn groups_of(&self, split: NodeId) -> &[Group] {
        let groups = self.groups();
        let first = groups.partition_point(|group| group.split < split);
        &groups[first..first + groups[first..].partition_point(|group| group.split == split)]
    }

    /// How each branch can leave its split.
    pub(crate) fn outcomes(&self) -> &Outcomes {
        self.outcomes.get_or_init(|| Outcomes::of(&self.positions))
    }

    /// The joins that are come to from inside of a split and from beside it.
    pub(crate) fn mixed(&self) -> &[Mixed] {
        self.mixed.get_or_init(|| mixed_joins::all(self))
    }

    /// The nodes where branches come together without a join.
    pub(crate) fn merges(&self) -> &[Merge] {
        self.merges.get_or_init(|| merges::nodes(self))
    }

    /// The branches that jump past the join of their split.
    pub(crate) fn jumps(&self) -> &[Jump] {
        self.jumps.get_or_init(|| jumps::all(self))
    }

    /// The nodes can be in two branches of one split, or one is in what a timeout of the other's branch started.
    pub(crate) fn side_by_side(&self, a: NodeId, b: NodeId) -> bool {
        if !self.positions.is_complete() || !self.positions.is_exact() {
            return false;
        }
        let around = self.around.get_or_init(|| self.positions.around());
        around[usize::from(a)].may_meet(around[usize::from(b)]) && self.positions.side_by_side(a, b)
    }

    /// Nothing is missing in the graph, and all its positions are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.positions.is_complete() && self.index.holes.is_empty()
    }

    /// What is the case where; nothing if the code is not known, if something is missing in the graph, or if it is not
    /// known which branch sets what.
    pub(crate) fn assignment(&self) -> Option<&Assignment> {
        let known = self.is_complete() && self.positions.is_exact();
        self.assignment.get_or_init(|| if known { Assignment::of(self) } else { None }).as_ref()
    }

    /// A branch can come to its end from this node.
    pub(crate) fn can_end(&self, id: NodeId) -> bool {
        self.ends.get(usize::from(id)).is_some_and(|ends| *ends)
    }

    /// Whenever a process is at this node, another branch is on its way to an end of the whole process, and can leave
    /// its split in no other way.
    pub(crate) fn is_terminated(&self, id: NodeId) -> bool {
        if !self.positions.is_complete() || self.graph.nodes.iter().all(|node| !node.kind.terminates()) {
            return false;
        }
        let positions = &self.positions;
        let terminates = |first: PositionId| {
            let ways = self.outcomes().get(first);
            !ways.ends() && !ways.joins() && self.can_end(positions.get(first).node)
        };
        let beside = |branch: PathId| {
            let opened = positions.paths.split(branch).and_then(|(outside, split)| positions.find(split, outside));
            let Some(opened) = opened else { return false };
            let edges = self.node(positions.get(opened).node).map_or(&[][..], |node| node.edges);
            let mut firsts = edges.iter().zip(positions.next(opened)).filter(|(edge, _)| edge.times == Times::Once);
            firsts.any(|(_, first)| positions.get(*first).path != branch && terminates(*first))
        };
        positions.of_node(id).iter().all(|(path, _)| positions.paths.stack(*path).any(beside))
    }

    /// Whichever start is taken, a process comes through this node before it can end.
    pub(crate) fn always_passes(&self, id: NodeId) -> bool {
        let ends = ends(self.graph, &self.index, Some(id));
        let starts = || self.graph.ids().filter(|id| self.kind(*id).is_some_and(Kind::begins));
        self.can_end(id) && starts().count() > 0 && starts().all(|start| !ends[usize::from(start)])
    }

    /// The nodes that lead to this one by an edge, in their order.
    pub(crate) fn before(&self, id: NodeId) -> Vec<NodeId> {
        let mut before: Vec<NodeId> = self.index.before(id).iter().map(|(from, _)| *from).collect();
        before.dedup();
        // What is timed out leads to its timeout, and not by an edge.
        if self.kind(id).is_some_and(Kind::is_boundary) {
            before.clear();
        }
        before
    }

    /// Who sets which field, and who asks for it.
    pub(crate) fn access(&self) -> &Access<'a> {
        self.access.get_or_init(|| Access::of(self))
    }

    /// What is known of the nodes' code, from the first node on.
    pub(crate) fn codes(&self) -> &'a [NodeCode] {
        let known = self.code.nodes.len().min(self.graph.nodes.len());
        &self.code.nodes[..known]
    }

    /// What is known of the node's code.
    pub(crate) fn code(&self, id: NodeId) -> Option<&'a NodeCode> {
        self.code.nodes.get(usize::from(id))
    }

    /// No split is open around the node, and no timeout's work is beside it.
    pub(crate) fn is_alone(&self, id: NodeId) -> bool {
        self.positions.is_complete() && self.positions.at(id).all(|levels| levels.is_empty())
    }

    /// A text of the flow, or of a node, shows this field of the process.
    pub(crate) fn shows(&self, field: &str) -> bool {
        let nodes = self.code.nodes.iter().flat_map(|node| &node.shows);
        self.code.shows.iter().chain(nodes).any(|shown| shown == field)
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&'a Node<'a>> {
        self.graph.node(id)
    }

    /// The nodes of a list.
    pub(crate) fn nodes<'l>(&self, list: &'l [NodeId]) -> impl Iterator<Item = (NodeId, &'a Node<'a>)> + use<'a, 'l> {
        let nodes = self.graph.nodes;
        list.iter().map(|id| (*id, &nodes[usize::from(*id)]))
    }

    /// The nodes of a kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (NodeId, &'a Node<'a>)> + use<'a, '_> {
        self.nodes(self.index.of_kind(kind))
    }

    pub(crate) fn kind(&self, id: NodeId) -> Option<Kind> {
        self.node(id).map(|node| node.kind)
    }

    /// The node as messages name it: of a timeout, the task's.
    pub(crate) fn name(&self, id: NodeId) -> String {
        match self.node(id) {
            Some(node) if node.kind.is_boundary() => {
                let host = self.positions.host_of(id).and_then(|host| self.node(host));
                let word = match node.kind {
                    Kind::ErrorBoundary => "failure",
                    Kind::CompensationBoundary => "compensation",
                    Kind::EscalationBoundary => "escalation",
                    _ => "timeout",
                };
                format!("the {word} of `{}`", host.map_or(node.name, |host| host.name))
            }
            Some(node) => format!("`{}`", node.name),
            None => "`?`".to_owned(),
        }
    }

    /// Names as a list: "`a`, `b` and `c`".
    pub(crate) fn names(&self, ids: &[NodeId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.name(*id)).collect();
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// The name without quotes, for code.
    pub(crate) fn plain(&self, id: NodeId) -> &'a str {
        self.node(id).map_or("?", |node| node.name)
    }

    /// The first edge from one node to another, as a place.
    pub(crate) fn edge(&self, from: NodeId, to: NodeId) -> Place {
        let at = self.node(from).and_then(|node| node.edges.iter().position(|edge| edge.to == to));
        at.map_or(Place::Node(from), |at| Place::Edge(from, at))
    }

    /// A field name that no node has.
    pub(crate) fn fresh(&self, wish: &str) -> String {
        let names = self.names.get_or_init(|| self.graph.nodes.iter().map(|node| node.name).collect());
        let mut name = wish.to_owned();
        while names.contains(&*name) {
            name.push('_');
        }
        name
    }

    /// The number that the first node which a help adds has.
    pub(crate) fn next_id(&self) -> NodeId {
        NodeId::try_from(self.graph.nodes.len()).unwrap_or(NodeId::MAX)
    }

    /// The flow's first end.
    pub(crate) fn end(&self) -> Option<NodeId> {
        let ends = [Kind::End, Kind::TerminateEnd, Kind::ErrorEnd];
        ends.iter().find_map(|kind| self.index.of_kind(*kind).first().copied())
    }

    /// What a help calls the flow's first end.
    pub(crate) fn end_name(&self) -> &'a str {
        self.end().map_or("end", |end| self.plain(end))
    }
}

/// The nodes from which a branch can come to its end, however the others go: a split can if all branches that
/// it always starts can, and if there is none of those, some branch. What leads nobody knows where may. Nothing comes
/// through `closed`.
fn ends(graph: &Graph<'_>, index: &Index, closed: Option<NodeId>) -> Vec<bool> {
    let mut ends = vec![false; graph.nodes.len()];
    // Of each split: how many of the branches that it always starts are not known to end.
    let always = |node: &Node<'_>| node.edges.iter().filter(|edge| edge.times == Times::Once).count();
    let mut left: Vec<usize> = vec![0; graph.nodes.len()];
    for split in index.of_kind(Kind::Split) {
        left[usize::from(*split)] = always(&graph.nodes[usize::from(*split)]);
    }
    let mut work: Vec<NodeId> = index.holes.clone();
    work.extend(index.of_kind(Kind::End));
    work.extend(terminating(graph, index, closed));
    while let Some(id) = work.pop() {
        if closed == Some(id) || std::mem::replace(&mut ends[usize::from(id)], true) {
            continue;
        }
        for (from, always) in index.before(id) {
            let (left, known) = (&mut left[usize::from(*from)], ends[usize::from(*from)]);
            let all = match (graph.nodes[usize::from(*from)].kind, *always) {
                (Kind::Split, true) => {
                    *left = left.saturating_sub(1);
                    *left == 0
                }
                (Kind::Split, false) => *left == 0,
                _ => true,
            };
            if all && !known {
                work.push(*from);
            }
        }
    }
    ends
}

/// The nodes from which a branch can come to an end of the whole process, whatever the others do.
fn terminating(graph: &Graph<'_>, index: &Index, closed: Option<NodeId>) -> Vec<NodeId> {
    let mut work: Vec<NodeId> = index.of_kind(Kind::TerminateEnd).to_vec();
    work.extend(index.of_kind(Kind::ErrorEnd));
    let mut found = Vec::new();
    let mut seen = vec![false; graph.nodes.len()];
    while let Some(id) = work.pop() {
        if closed == Some(id) || std::mem::replace(&mut seen[usize::from(id)], true) {
            continue;
        }
        found.push(id);
        work.extend(index.before(id).iter().map(|(from, _)| *from));
        // A reminder comes beside its task, and ends that too.
        let armed = |host: &&NodeId| graph.nodes[usize::from(**host)].boundaries.contains(&id);
        work.extend(index.hosts.iter().filter(armed));
    }
    found
}
