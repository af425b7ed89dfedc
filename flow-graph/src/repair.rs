//! A graph as it is when what a help says has been done.

use crate::finding::Edit;
use crate::{Edge, Graph, Node, NodeId};

/// A graph of its own, made of another one and the edits of a help.
///
/// ```
/// use flow_graph::{Edge, Graph, Kind, Node, Repaired, Role, check};
///
/// // A split of two branches, which come to `after` one by one.
/// let (start, split) = ([Edge::new(Role::Next, 1)], [Edge::new(Role::Next, 2), Edge::new(Role::Next, 3)]);
/// let (task, after) = ([Edge::new(Role::Next, 4)], [Edge::new(Role::Next, 5)]);
/// let nodes = [
///     Node { edges: &start, ..Node::new("start", Kind::Start) },
///     Node { edges: &split, ..Node::new("split", Kind::Split) },
///     Node { edges: &task, ..Node::new("a", Kind::View) },
///     Node { edges: &task, ..Node::new("b", Kind::View) },
///     Node { edges: &after, ..Node::new("after", Kind::View) },
///     Node::new("end", Kind::End),
/// ];
/// let graph = Graph { name: "f", title: "F", description: "", nodes: &nodes };
/// let found = check(&graph);
/// assert_eq!(found[0].check, "runs_twice");
/// let repaired = Repaired::of(&graph, &found[0].edits[0]);
/// repaired.with_graph(|graph| assert!(check(graph).is_empty()));
/// ```
#[derive(Clone, Debug)]
pub struct Repaired {
    name: String,
    nodes: Vec<Owned>,
    /// What is allowed at which node.
    allowed: Vec<(NodeId, &'static str)>,
}

#[derive(Clone, Debug)]
struct Owned {
    name: String,
    kind: crate::Kind,
    edges: Vec<Edge>,
    boundaries: Vec<NodeId>,
    interrupting: bool,
    incomplete: bool,
}

impl Owned {
    fn node(&self) -> Node<'_> {
        Node {
            edges: &self.edges,
            boundaries: &self.boundaries,
            interrupting: self.interrupting,
            incomplete: self.incomplete,
            ..Node::new(&self.name, self.kind)
        }
    }
}

impl Repaired {
    /// The graph with these edits.
    #[must_use]
    pub fn of(graph: &Graph<'_>, edits: &[Edit]) -> Self {
        let own = |node: &Node<'_>| Owned {
            name: node.name.to_owned(),
            kind: node.kind,
            edges: node.edges.to_vec(),
            boundaries: node.boundaries.to_vec(),
            interrupting: node.interrupting,
            incomplete: node.incomplete,
        };
        let nodes = graph.nodes.iter().map(own).collect();
        let mut repaired = Repaired { name: graph.name.to_owned(), nodes, allowed: Vec::new() };
        let mut removed = Vec::new();
        for edit in edits {
            repaired.edit(edit, &mut removed);
        }
        // From the last on, so that the numbers of those in front stay.
        removed.sort_unstable();
        removed.dedup();
        for id in removed.into_iter().rev() {
            repaired.remove(id);
        }
        repaired
    }

    fn edit(&mut self, edit: &Edit, removed: &mut Vec<NodeId>) {
        match edit {
            Edit::Lead { node, edge, to } => {
                if let Some(edge) = self.node(*node).and_then(|node| node.edges.get_mut(*edge)) {
                    edge.to = *to;
                }
            }
            Edit::Edges { node, edges } => {
                if let Some(node) = self.node(*node) {
                    node.edges.clone_from(edges);
                }
            }
            Edit::Add(new) => self.nodes.push(Owned {
                name: new.name.clone(),
                kind: new.kind,
                edges: new.edges.clone(),
                boundaries: Vec::new(),
                interrupting: false,
                incomplete: false,
            }),
            Edit::Remove(node) => removed.push(*node),
            Edit::Interrupt(node) => {
                if let Some(node) = self.node(*node) {
                    node.interrupting = true;
                }
            }
            Edit::Allow(node, check) => self.allowed.push((*node, check)),
        }
    }

    fn node(&mut self, id: NodeId) -> Option<&mut Owned> {
        self.nodes.get_mut(usize::from(id))
    }

    fn remove(&mut self, id: NodeId) {
        if usize::from(id) >= self.nodes.len() {
            return;
        }
        self.nodes.remove(usize::from(id));
        let moved = |to: &mut NodeId| *to -= NodeId::from(*to > id);
        for node in &mut self.nodes {
            node.edges.iter_mut().for_each(|edge| moved(&mut edge.to));
            node.boundaries.iter_mut().for_each(moved);
        }
        self.allowed.retain(|(node, _)| *node != id);
        self.allowed.iter_mut().for_each(|(node, _)| moved(node));
    }

    /// What is allowed at which node.
    #[must_use]
    pub fn allowed(&self) -> &[(NodeId, &'static str)] {
        &self.allowed
    }

    /// The graph, for as long as `f` looks at it.
    pub fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let nodes: Vec<Node<'_>> = self.nodes.iter().map(Owned::node).collect();
        f(&Graph { name: &self.name, title: &self.name, description: "", nodes: &nodes })
    }
}
