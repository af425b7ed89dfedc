use crate::analysis::Analysis;
use crate::{Finding, Kind, Place, Role};

/// A switch with conditions and no default: if none holds the process cannot continue. One `on` a value needs
/// none, since rustc proves its patterns exhaustive.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for (id, node) in analysis.of_kind(Kind::Switch) {
        let exhaustive = node.edges.iter().all(|edge| !edge.asks);
        let fine = node.incomplete || node.edges.is_empty() || exhaustive;
        if fine || node.target(Role::Default).is_some() {
            continue;
        }
        found.push(
            Finding::at(Place::Node(id), format!("`{}` has no default", node.name))
                .note("if no case matches, the process cannot continue")
                .help("add `default = this.` with the node that follows then")
                .help("if one case always matches: `allow(switch_without_default, reason = \"..\")`"),
        );
    }
}
