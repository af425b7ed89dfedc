use crate::{Exits, Finding, Graph, Kind, Place, Role};

/// A node that leads nowhere: its task would be done and nobody would see the process again.
pub(super) fn run(graph: &Graph<'_>, found: &mut Vec<Finding>) {
    for (id, node) in graph.ids().zip(graph.nodes) {
        if node.kind.exits() != Exits::Next || node.incomplete || node.target(Role::Next).is_some() {
            continue;
        }
        let end = graph.nodes.iter().find(|node| node.kind == Kind::End).map_or("end", |node| node.name);
        found.push(
            Finding::at(Place::Node(id), format!("nothing comes after `{}`", node.name))
                .help(format!("add `next = this.{end}`, or `next = this.` with the node that follows")),
        );
    }
}
