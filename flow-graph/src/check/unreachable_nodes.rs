use crate::analysis::Analysis;
use crate::{Finding, Graph, Kind, NodeId, Place, walk};

/// Nodes that no path from a start leads to, nor one from an obsolete node. Only the first of a group is named.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    if !analysis.index.holes.is_empty() || !graph.nodes.iter().any(|node| node.kind.begins()) {
        return;
    }
    // Where a process can be a path leads to.
    if graph.ids().all(|id| !analysis.positions.of_node(id).is_empty()) {
        return;
    }
    let begins = |id: &NodeId| graph.node(*id).is_some_and(|node| node.kind.begins() || node.kind == Kind::Obsolete);
    let seen = walk::reachable_from(graph, graph.ids().filter(begins).collect());
    let missed: Vec<NodeId> = graph.ids().filter(|id| !seen[usize::from(*id)]).collect();
    let mut led_to = vec![false; graph.nodes.len()];
    for from in &missed {
        for to in walk::targets(graph, *from).filter(|to| to != from) {
            led_to[usize::from(to)] = true;
        }
    }
    let mut first: Vec<NodeId> = missed.iter().copied().filter(|id| !led_to[usize::from(*id)]).collect();
    if first.is_empty() {
        // A cycle that nothing leads into: name the one that is declared first.
        first.extend(missed.first());
    }
    // Each is reported with those behind it that no other one was reported with.
    let mut reported = seen;
    for id in first {
        let Some(node) = graph.node(id) else { continue };
        let behind = reach(graph, id, &mut reported).saturating_sub(1);
        let mut finding = Finding::at(Place::Node(id), format!("no path from a start leads to `{}`", node.name));
        if behind > 0 {
            finding = finding.note(format!("nor to {behind} other{}", if behind == 1 { " node" } else { " nodes" }));
        }
        found.push(finding.help("add an edge to it, or remove it").allow(
            "if existing processes still wait here",
            "unreachable_nodes",
            id,
            &analysis.name(id),
        ));
    }
}

/// Marks all that a node leads to, and counts those that were not marked.
fn reach(graph: &Graph<'_>, from: NodeId, marked: &mut [bool]) -> usize {
    let mut count = 0;
    let mut work = vec![from];
    while let Some(id) = work.pop() {
        if marked.get_mut(usize::from(id)).is_some_and(|mark| !std::mem::replace(mark, true)) {
            count += 1;
            work.extend(walk::targets(graph, id));
        }
    }
    count
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
        let graph = Graph { nodes: &nodes, ..Graph::new("f") };
        let found = check(&graph);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].headline, "no path from a start leads to `lost`");
        assert_eq!(found[0].notes, ["nor to 1 other node"]);
    }
}
