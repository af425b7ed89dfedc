use std::collections::HashMap;

use crate::analysis::Analysis;
use crate::{Finding, Node, NodeId, Place};

/// Two nodes of one stored name: two fields through `name`, or a field called like a node's timeout.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    let mut names: HashMap<&str, NodeId> = HashMap::with_capacity(graph.nodes.len());
    for (id, node) in graph.ids().zip(graph.nodes) {
        let first_id = *names.entry(node.name).or_insert(id);
        let Some(first) = graph.node(first_id).filter(|_| first_id != id) else { continue };
        let of_boundary = [first, node].into_iter().any(|node| node.kind.is_boundary());
        let text = if of_boundary {
            format!("`{}` is also the name of a timeout", node.name)
        } else {
            format!("two nodes are named `{}`", node.name)
        };
        // A boundary has no field of its own to point at: point at the one that was written.
        let place = if node.kind.is_boundary() { first_id } else { id };
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
                Finding::at(Place::Node(id), format!("`{old}` cannot be an old name of `{}`", node.name))
                    .note(format!("rows with that name belong to `{}`", other.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Graph, Kind, Node, check};

    #[test]
    fn the_second_of_two_is_reported_among_many() {
        let mut names: Vec<String> = (0..300).map(|at| format!("step_{at}")).collect();
        names.push("step_7".to_owned());
        let nodes: Vec<Node<'_>> = names.iter().map(|name| Node::new(name, Kind::End)).collect();
        let found = check(&Graph { nodes: &nodes, ..Graph::new("f") });
        let clashes: Vec<_> = found.iter().filter(|found| found.check == "generated_name_clash").collect();
        assert_eq!(clashes.len(), 1);
        assert_eq!(clashes[0].headline, "two nodes are named `step_7`");
        assert_eq!(clashes[0].place.node(), Some(300));
    }
}
