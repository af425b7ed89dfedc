//! What can be wrong with a graph: one file a check, one list of them all.

mod dead_ends;
mod edge_to_start;
mod generated_name_clash;
mod if_without_else;
mod instant_loops;
mod no_end;
mod no_start;
mod reserved_names;
mod switch_without_default;
mod unreachable_nodes;

use crate::{Finding, Graph, Severity};

/// A mistake that a flow can have, under the name its page, its samples and its `allow` have.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The readable name: `unreachable_nodes`. Its page is `docs/errors/unreachable_nodes.md`.
    pub name: &'static str,
    /// How much a finding of it weighs.
    pub severity: Severity,
    run: fn(&Graph<'_>, &mut Vec<Finding>),
}

/// Every check, in no order that matters: findings are sorted by place.
pub const CHECKS: &[Check] = &[
    Check { name: "no_start", severity: Severity::Error, run: no_start::run },
    Check { name: "no_end", severity: Severity::Error, run: no_end::run },
    Check { name: "dead_ends", severity: Severity::Error, run: dead_ends::run },
    Check { name: "if_without_else", severity: Severity::Error, run: if_without_else::run },
    Check { name: "edge_to_start", severity: Severity::Error, run: edge_to_start::run },
    Check { name: "reserved_names", severity: Severity::Error, run: reserved_names::run },
    Check { name: "generated_name_clash", severity: Severity::Error, run: generated_name_clash::run },
    Check { name: "switch_without_default", severity: Severity::Denied, run: switch_without_default::run },
    Check { name: "instant_loops", severity: Severity::Denied, run: instant_loops::run },
    Check { name: "unreachable_nodes", severity: Severity::Denied, run: unreachable_nodes::run },
];

/// All mistakes of a flow, sorted by where they are.
///
/// ```
/// use flow_graph::{Graph, Kind, Node, Place};
///
/// let graph = Graph { name: "f", title: "F", description: "", nodes: &[Node::new("end", Kind::End)] };
/// let findings = flow_graph::check(&graph);
/// assert_eq!(findings[0].check, "no_start");
/// assert_eq!(findings[0].place, Place::Flow);
/// ```
#[must_use]
pub fn check(graph: &Graph<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in CHECKS {
        let first = found.len();
        (check.run)(graph, &mut found);
        for finding in &mut found[first..] {
            finding.check = check.name;
            finding.severity = check.severity;
        }
    }
    found.sort_by_key(|finding| finding.place);
    found
}
