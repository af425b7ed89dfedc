use crate::analysis::Analysis;
use crate::{Finding, Place};

/// Flows of more nodes than this have, by a study of process models, more likely a mistake than none.
const NODES: usize = 50;

/// More ways out of one node than can be taken in at a glance.
const WAYS: usize = 7;

/// A flow, or a node, that is hard to take in.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let nodes = analysis.graph.nodes.iter().filter(|node| !node.kind.is_boundary()).count();
    if nodes > NODES {
        found.push(
            Finding::at(Place::Flow, format!("this flow has {nodes} nodes"))
                .note("move a part with one entry and one exit to a flow of its own, and run it as a `Subprocess`"),
        );
    }
    for (id, node) in analysis.graph.ids().zip(analysis.graph.nodes) {
        if node.edges.len() > WAYS {
            found.push(Finding::at(Place::Node(id), format!("`{}` leads to {} nodes", node.name, node.edges.len())));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Graph, Kind, Node, hints};

    #[test]
    fn is_a_hint() {
        let nodes = vec![Node::new("end", Kind::End); 51];
        let found = hints(&Graph { nodes: &nodes, ..Graph::new("f") });
        assert!(found.iter().any(|finding| finding.headline == "this flow has 51 nodes"));
    }
}
