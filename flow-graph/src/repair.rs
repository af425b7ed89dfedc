//! A graph as it is when what a help says has been done.

use std::collections::HashSet;

use crate::finding::{Edit, Finding};
use crate::position::Positions;
use crate::{Edge, Graph, Node, NodeId, Severity};

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
/// let graph = Graph { nodes: &nodes, ..Graph::new("f") };
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
        f(&Graph { nodes: &nodes, ..Graph::new(&self.name) })
    }
}

/// Positions that are looked at again, of all graphs as they would be with a help: more would hold up the compiler. Where
/// branches meet one help is tried out in any case.
const TRIED: usize = 1_000;

/// Keeps of each finding the helps that are right: what is pasted removes the finding, and no error speaks of it. Of
/// several ways to do the same the first. What is not tried out is not given: where there are so many findings, it is
/// when others are gone.
pub(crate) fn keep_right(
    graph: &Graph<'_>,
    positions: &Positions<'_>,
    found: &mut [Finding],
    check: impl Fn(&Graph<'_>) -> Vec<Finding>,
) {
    let before: HashSet<String> = found.iter().map(|finding| identity(graph, finding)).collect();
    let meets = positions.is_complete() && positions.is_exact();
    // Where branches do not meet one look is several walks.
    let cost = if positions.is_exact() { positions.len() + 1 } else { TRIED };
    let mut left = if meets { TRIED.max(cost) } else { TRIED };
    for finding in found {
        let mut chosen: Option<usize> = None;
        let tried = finding.clone();
        finding.retain_help(|at| {
            if chosen == Some(tried.choices[at]) {
                return false;
            }
            let edits = &tried.edits[at];
            let in_words = edits.iter().all(|edit| matches!(edit, Edit::Allow(..)));
            let right = in_words
                || cost <= left && {
                    left -= cost;
                    let repaired = Repaired::of(graph, edits);
                    repaired.with_graph(|now| is_right(graph, &tried, edits, now, &check(now), &before))
                };
            if right {
                chosen = Some(tried.choices[at]);
            }
            right
        });
    }
}

/// The finding is gone, and no error has come that speaks of a node which was added or changed.
fn is_right(
    graph: &Graph<'_>,
    finding: &Finding,
    edits: &[Edit],
    now: &Graph<'_>,
    found: &[Finding],
    before: &HashSet<String>,
) -> bool {
    let gone = identity(graph, finding);
    let mut pasted: Option<Vec<String>> = None;
    found.iter().all(|left| {
        let is = identity(now, left);
        if left.severity < Severity::Denied || before.contains(&is) {
            return is != gone;
        }
        let pasted = pasted.get_or_insert_with(|| edits.iter().filter_map(|edit| self::pasted(graph, edit)).collect());
        let texts = || std::iter::once(&left.headline).chain(&left.notes).chain(left.also.iter().map(|also| &also.1));
        let places = || left.also.iter().map(|also| also.0).chain([left.place]);
        let names = || places().filter_map(|place| now.node(place.node()?)).map(|node| format!("`{}`", node.name));
        is != gone
            && texts().all(|text| pasted.iter().all(|name| !text.contains(name)))
            && names().all(|name| !pasted.contains(&name))
    })
}

/// What makes it the same finding in another graph: numbers of nodes differ there.
fn identity(graph: &Graph<'_>, finding: &Finding) -> String {
    let mut text = format!("{}: {}", finding.check, finding.headline);
    for (place, _) in &finding.also {
        text.push(' ');
        text.push_str(place.node().and_then(|id| graph.node(id)).map_or("", |node| node.name));
    }
    text
}

/// The node that an edit adds, or changes, as messages name it.
fn pasted(graph: &Graph<'_>, edit: &Edit) -> Option<String> {
    let of = |id: NodeId| graph.node(id).map(|node| format!("`{}`", node.name));
    match edit {
        Edit::Add(node) => Some(format!("`{}`", node.name)),
        Edit::Lead { node, .. } | Edit::Edges { node, .. } | Edit::Interrupt(node) => {
            // A timeout is written on its task.
            let is_timeout = graph.node(*node).is_some_and(|node| node.kind.is_boundary());
            let host = graph.nodes.iter().find(|host| is_timeout && host.boundaries.contains(node));
            host.map(|host| format!("`{}`", host.name)).or_else(|| of(*node))
        }
        Edit::Remove(_) | Edit::Allow(..) => None,
    }
}
