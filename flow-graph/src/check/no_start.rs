use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A flow without a start node can never be begun.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    if graph.nodes.iter().any(|node| node.kind.begins()) {
        return;
    }
    let first = graph.nodes.first().map_or("end", |node| node.name);
    found.push(
        Finding::at(Place::Flow, "this flow has no start node")
            .help(format!("add a field `#[node(permission(anyone), next = this.{first})] pub start: Start,`")),
    );
}

#[cfg(test)]
mod tests {
    use crate::{Graph, Kind, Node, check};

    #[test]
    fn is_found_and_named() {
        let nodes = [Node::new("end", Kind::End)];
        let graph = Graph { nodes: &nodes, ..Graph::new("f") };
        let found = check(&graph);
        assert_eq!(found[0].check, "no_start");
        assert!(found[0].help[0].contains("next = this.end"));
    }
}
