use crate::analysis::Analysis;
use crate::{Exits, Finding, Place, Role};

/// An `If` that says for one answer only where to go.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.nodes(&analysis.index.holes) {
        if node.kind.exits() != Exits::ThenElse || node.incomplete {
            continue;
        }
        for (role, answer) in [(Role::Then, "true"), (Role::Else, "false")] {
            if node.target(role).is_none() {
                let text = format!("`{}` has no edge for when the condition is {answer}", node.name);
                found.push(
                    Finding::at(Place::Node(id), text)
                        .help(format!("add `{} = this.` with the node that follows", role.key())),
                );
            }
        }
    }
}
