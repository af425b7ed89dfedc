use crate::analysis::Analysis;
use crate::{Exits, Finding, Kind, Place};

/// A node that leads nowhere: its task would be done and nobody would see the process again.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let graph = analysis.graph;
    for (id, node) in analysis.nodes(&analysis.index.holes) {
        if matches!(node.kind.exits(), Exits::None | Exits::ThenElse) || node.incomplete || !node.edges.is_empty() {
            continue;
        }
        let end = graph.nodes.iter().find(|node| node.kind == Kind::End).map_or("end", |node| node.name);
        let finding = Finding::at(Place::Node(id), format!("`{}` has no next node", node.name));
        found.push(match node.kind.exits() {
            Exits::Branches => finding.help("add `next(this.` for each branch"),
            Exits::Cases => finding.help("add `case(this.`, and `default = this.`"),
            _ => finding.help(format!("add `next = this.{end}`, or `next = this.` with the node that follows")),
        });
    }
}
