use crate::analysis::Analysis;
use crate::{Finding, Place};

/// An edge back to a start: a process begins once.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    for (id, node) in analysis.nodes(&analysis.index.holes) {
        for (at, edge) in node.edges.iter().enumerate() {
            let Some(target) = graph.node(edge.to).filter(|target| target.kind.begins()) else {
                continue;
            };
            let mut finding =
                Finding::at(Place::Edge(id, at), format!("a process cannot go back to its start, `{}`", target.name));
            let after = target.edges.first().and_then(|edge| graph.node(edge.to));
            if let Some(after) = after.filter(|after| !after.kind.begins()) {
                finding = finding.help(format!(
                    "lead to the first node after it: `{} = this.{}`",
                    edge.role.key(),
                    after.name
                ));
            }
            found.push(finding);
        }
    }
}
