use crate::analysis::Analysis;
use crate::{Finding, NodeId, Place, walk};

/// Nodes that no path from a start leads to. Only the first of a group is named.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    if !analysis.index.holes.is_empty() || !graph.nodes.iter().any(|node| node.kind.begins()) {
        return;
    }
    // Where a process can be a path leads to.
    if graph.ids().all(|id| !analysis.positions.of_node(id).is_empty()) {
        return;
    }
    let seen = walk::reachable(graph);
    let missed: Vec<NodeId> = graph.ids().filter(|id| !seen[usize::from(*id)]).collect();
    let led_to = |id: NodeId| {
        missed.iter().filter(|from| **from != id).any(|from| {
            graph
                .node(*from)
                .is_some_and(|node| node.boundaries.contains(&id) || node.edges.iter().any(|edge| edge.to == id))
        })
    };
    let mut first: Vec<NodeId> = missed.iter().copied().filter(|id| !led_to(*id)).collect();
    if first.is_empty() {
        // A cycle that nothing leads into: name the one that is declared first.
        first.extend(missed.first());
    }
    for id in first {
        let Some(node) = graph.node(id) else { continue };
        let mut finding = Finding::at(Place::Node(id), format!("no path from a start leads to `{}`", node.name));
        let led_to = walk::reachable_from(graph, vec![id]);
        let behind = led_to.iter().zip(&seen).filter(|(here, seen)| **here && !**seen).count().saturating_sub(1);
        if behind > 0 {
            finding = finding.note(format!("nor to {behind} other{}", if behind == 1 { " node" } else { " nodes" }));
        }
        found.push(
            finding
                .help("lead a node to it, or remove it")
                .help("if older processes still wait here: `allow(unreachable_nodes, reason = \"..\")`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{Edge, Graph, Kind, Node, Role, check};

    #[test]
    fn a_chain_is_named_once() {
        let to = |to| [Edge::new(Role::Next, to)];
        let (a, b, c) = (to(3), to(2), to(3));
        let nodes = [
            Node { edges: &a, ..Node::new("start", Kind::Start) },
            Node { edges: &b, ..Node::new("lost", Kind::View) },
            Node { edges: &c, ..Node::new("behind", Kind::View) },
            Node::new("end", Kind::End),
        ];
        let graph = Graph { name: "f", title: "F", description: "", nodes: &nodes };
        let found = check(&graph);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].headline, "no path from a start leads to `lost`");
        assert_eq!(found[0].notes, ["nor to 1 other node"]);
    }
}
