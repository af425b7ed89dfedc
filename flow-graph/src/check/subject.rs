//! What the checks look at: the graph, and what is found out about it once for all of them.

use std::cell::OnceCell;

use super::data::Data;
use super::uses::Uses;
use crate::code::{Code, NodeCode};
use crate::position::{Around, Group, Positions};
use crate::{Exits, Graph, Kind, Node, NodeId, Place, Role, Times};

/// A graph, with what several checks need of it.
pub(crate) struct Subject<'a> {
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) positions: Positions<'a>,
    ends: Vec<bool>,
    code: &'a Code,
    groups: OnceCell<Vec<Group>>,
    around: OnceCell<Vec<Around>>,
    uses: OnceCell<Uses<'a>>,
    data: OnceCell<Option<Data>>,
    before: OnceCell<Vec<Vec<NodeId>>>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(graph: &'a Graph<'a>, code: &'a Code) -> Self {
        Subject {
            graph,
            positions: Positions::of(graph),
            ends: ends(graph, None),
            code,
            groups: OnceCell::new(),
            around: OnceCell::new(),
            uses: OnceCell::new(),
            data: OnceCell::new(),
            before: OnceCell::new(),
        }
    }

    pub(crate) fn groups(&self) -> &[Group] {
        self.groups.get_or_init(|| self.positions.groups())
    }

    /// The nodes can be in two branches of one split, or one is in what a timeout of the other's branch started.
    pub(crate) fn side_by_side(&self, a: NodeId, b: NodeId) -> bool {
        let around = self.around.get_or_init(|| self.positions.around());
        around[usize::from(a)].may_meet(around[usize::from(b)]) && self.positions.side_by_side(a, b)
    }

    /// What is the case where; nothing if the code is not known, or if something is missing in the graph.
    pub(crate) fn data(&self) -> Option<&Data> {
        let complete = || self.positions.is_complete() && !self.graph.nodes.iter().any(|node| self.is_hole(node));
        self.data.get_or_init(|| if complete() { Data::of(self) } else { None }).as_ref()
    }

    /// A branch can come to its end from this node.
    pub(crate) fn can_end(&self, id: NodeId) -> bool {
        self.ends.get(usize::from(id)).is_some_and(|ends| *ends)
    }

    /// Whichever start is taken, a process comes through this node before it can end.
    pub(crate) fn always_passes(&self, id: NodeId) -> bool {
        let ends = ends(self.graph, Some(id));
        let starts = || self.graph.ids().filter(|id| self.kind(*id).is_some_and(Kind::begins));
        self.can_end(id) && starts().count() > 0 && starts().all(|start| !ends[usize::from(start)])
    }

    /// The nodes that lead to this one by an edge, in their order.
    pub(crate) fn before(&self, id: NodeId) -> Vec<NodeId> {
        let before = self.before.get_or_init(|| {
            let mut before = vec![Vec::new(); self.graph.nodes.len()];
            for (from, node) in self.graph.ids().zip(self.graph.nodes) {
                for edge in node.edges {
                    let known: Option<&mut Vec<NodeId>> = before.get_mut(usize::from(edge.to));
                    known.filter(|known| known.last() != Some(&from)).into_iter().for_each(|known| known.push(from));
                }
            }
            before
        });
        before.get(usize::from(id)).cloned().unwrap_or_default()
    }

    /// Who sets which field, and who asks for it.
    pub(crate) fn uses(&self) -> &Uses<'a> {
        self.uses.get_or_init(|| Uses::of(self))
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

    pub(crate) fn kind(&self, id: NodeId) -> Option<Kind> {
        self.node(id).map(|node| node.kind)
    }

    /// The node as messages name it: of a timeout, the task's.
    pub(crate) fn name(&self, id: NodeId) -> String {
        match self.node(id) {
            Some(node) if node.kind.is_boundary() => {
                let host = self.graph.nodes.iter().find(|host| host.boundaries.contains(&id));
                format!("the timeout of `{}`", host.map_or(node.name, |host| host.name))
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
        let mut name = wish.to_owned();
        while self.graph.nodes.iter().any(|node| node.name == name) {
            name.push('_');
        }
        name
    }

    /// Something about the node's edges is wrong already, so that where it leads is not known.
    pub(crate) fn is_hole(&self, node: &Node<'_>) -> bool {
        is_hole(self.graph, node)
    }
}

/// An edge of the node is missing, unknown or goes back to a start.
pub(crate) fn is_hole(graph: &Graph<'_>, node: &Node<'_>) -> bool {
    let wants: &[Role] = match node.kind.exits() {
        Exits::Next => &[Role::Next],
        Exits::ThenElse => &[Role::Then, Role::Else],
        Exits::None | Exits::Cases | Exits::Branches => &[],
    };
    let missing = wants.iter().any(|role| node.target(*role).is_none()) || (node.edges.is_empty() && !node.kind.ends());
    let to_start = node.edges.iter().any(|edge| graph.node(edge.to).is_none_or(|target| target.kind.begins()));
    node.incomplete || missing || to_start
}

/// The nodes from which a branch can come to its end, however the others go: a split can if all branches that
/// it always starts can. What leads nobody knows where may. Nothing comes through `closed`.
fn ends(graph: &Graph<'_>, closed: Option<NodeId>) -> Vec<bool> {
    let mut before: Vec<Vec<NodeId>> = vec![Vec::new(); graph.nodes.len()];
    for (id, node) in graph.ids().zip(graph.nodes) {
        let timeouts = node.boundaries.iter().filter(|id| graph.node(**id).is_some_and(|node| node.interrupting));
        for to in node.edges.iter().map(|edge| edge.to).chain(timeouts.copied()) {
            if let Some(before) = before.get_mut(usize::from(to)) {
                before.push(id);
            }
        }
    }
    let mut ends = vec![false; graph.nodes.len()];
    let is_end = |node: &Node<'_>| node.kind.ends() || is_hole(graph, node);
    let mut work: Vec<NodeId> =
        graph.ids().zip(graph.nodes).filter(|(_, node)| is_end(node)).map(|(id, _)| id).collect();
    while let Some(id) = work.pop() {
        if closed == Some(id) || std::mem::replace(&mut ends[usize::from(id)], true) {
            continue;
        }
        for from in &before[usize::from(id)] {
            let Some(node) = graph.node(*from) else { continue };
            let mut always = node.edges.iter().filter(|edge| edge.times == Times::Once);
            let waits_for_all = node.kind == Kind::Split && node.edges.iter().any(|edge| edge.times == Times::Once);
            if !waits_for_all || always.all(|edge| ends.get(usize::from(edge.to)).is_some_and(|ends| *ends)) {
                work.push(*from);
            }
        }
    }
    ends
}
