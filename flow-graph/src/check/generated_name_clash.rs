use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Subject;
use crate::{Finding, Node, NodeId, Place};

/// Two nodes of one stored name: two fields through `name`, or a field called like a node's timeout.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let graph = subject.graph;
    // The first node of each name.
    let mut names: HashMap<&str, NodeId> = HashMap::with_capacity(graph.nodes.len());
    for (id, node) in graph.ids().zip(graph.nodes) {
        let first = match names.entry(node.name) {
            Entry::Occupied(first) => *first.get(),
            Entry::Vacant(place) => {
                place.insert(id);
                continue;
            }
        };
        let Some(first) = graph.node(first) else { continue };
        let of_boundary = [first, node].into_iter().any(|node| node.kind.is_boundary());
        let text = if of_boundary {
            format!("`{}` is also the name of a timeout", node.name)
        } else {
            format!("two nodes are named `{}`", node.name)
        };
        // A boundary has no field of its own to point at: point at the one that was written.
        let place = if node.kind.is_boundary() { names.get(node.name).copied().unwrap_or(id) } else { id };
        found.push(Finding::at(Place::Node(place), text).help("rename the field, or give it `name = \"..\"`"));
    }
    for (id, node) in graph.ids().zip(graph.nodes).filter(|(_, node)| !node.was.is_empty()) {
        let old =
            |other: &Node<'_>| node.was.iter().find(|old| other.name == **old || other.was.contains(old)).copied();
        let taken = graph
            .ids()
            .zip(graph.nodes)
            .filter(|(other, _)| *other != id)
            .find_map(|(_, other)| Some((other, old(other)?)));
        if let Some((other, old)) = taken {
            found.push(
                Finding::at(Place::Node(id), format!("`{}` cannot have been `{old}`", node.name))
                    .note(format!("rows of that name belong to `{}`", other.name)),
            );
        }
    }
}
