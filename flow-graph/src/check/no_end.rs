use crate::analysis::Analysis;
use crate::{Finding, Place};

/// A flow without an end keeps every process open for ever.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    if graph.nodes.iter().any(|node| node.kind.ends()) {
        return;
    }
    found.push(
        Finding::at(Place::Flow, "this flow has no `End` node")
            .help("add a field `pub end: End,` and lead the last node to it: `next = this.end`"),
    );
}
