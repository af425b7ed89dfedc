//! What can be wrong with a graph: one file a check, one list of them all.

mod artifact_before_set;
mod back_before_split;
mod blocking_function;
mod branch_leaves;
mod changed_after_approval;
mod condition_can_panic;
mod condition_cannot_change;
mod condition_reads_clock;
mod constant_conditions;
mod dead_ends;
mod default_decides;
mod default_not_last;
mod duties_contradict;
mod edge_to_obsolete;
mod edge_to_start;
mod endless_retry;
mod generated_name_clash;
mod handler_in_flow;
mod if_without_else;
mod instant_loops;
mod join_never_waits;
mod join_of_one;
mod jump_in;
mod label_style;
mod lost_in_copies;
mod lost_update;
mod mixed_levels;
mod never_compensated;
mod never_ends;
mod never_meets;
mod never_read;
mod never_written;
mod next_twice;
mod no_end;
mod no_start;
mod no_waiting_node;
mod nothing_to_compensate;
mod only_a_side_branch_ends;
mod only_managers;
mod overwritten_unread;
mod own_approval;
mod owner_may_be_missing;
mod race_won_at_once;
mod read_beside_write;
mod reminder_after_deadline;
mod reminder_rejoins;
mod repeated_branch;
mod reserved_names;
mod runs_twice;
mod same_arms;
mod same_condition_twice;
mod side_branch;
mod similar_names;
mod split_all_conditional;
mod split_of_one;
mod split_with_two_joins;
mod stale_decision;
mod subprocess_recursion;
mod superfluous_terminate;
mod switch_without_default;
mod terminate_kills_work;
mod too_big;
mod too_deep;
mod too_tangled;
mod unbounded_nesting;
mod unreachable_case;
mod unreachable_nodes;
mod unused_task_data;
mod zero_delay;

use crate::analysis::Analysis;
use crate::code::Code;
use crate::{Finding, Graph, NodeId, Severity, repair};

/// A mistake that a flow can have, under the name its page, its samples and its `allow` have.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The readable name: `unreachable_nodes`. Its page is at [`page`](crate::page()).
    pub name: &'static str,
    /// How much a finding of it weighs.
    pub severity: Severity,
    run: fn(&Analysis<'_>, &mut Vec<Finding>),
}

/// Every check, the heaviest first; the order matters to nothing, since findings are sorted by place.
pub const CHECKS: &[Check] = &[
    Check { name: "no_start", severity: Severity::Error, run: no_start::run },
    Check { name: "no_end", severity: Severity::Error, run: no_end::run },
    Check { name: "dead_ends", severity: Severity::Error, run: dead_ends::run },
    Check { name: "if_without_else", severity: Severity::Error, run: if_without_else::run },
    Check { name: "edge_to_start", severity: Severity::Error, run: edge_to_start::run },
    Check { name: "edge_to_obsolete", severity: Severity::Error, run: edge_to_obsolete::run },
    Check { name: "reserved_names", severity: Severity::Error, run: reserved_names::run },
    Check { name: "generated_name_clash", severity: Severity::Error, run: generated_name_clash::run },
    Check { name: "never_ends", severity: Severity::Error, run: never_ends::run },
    Check { name: "only_a_side_branch_ends", severity: Severity::Error, run: only_a_side_branch_ends::run },
    Check { name: "unbounded_nesting", severity: Severity::Error, run: unbounded_nesting::run },
    Check { name: "back_before_split", severity: Severity::Error, run: back_before_split::run },
    Check { name: "mixed_levels", severity: Severity::Error, run: mixed_levels::run },
    Check { name: "split_with_two_joins", severity: Severity::Error, run: split_with_two_joins::run },
    Check { name: "too_deep", severity: Severity::Error, run: too_deep::run },
    Check { name: "reminder_rejoins", severity: Severity::Error, run: reminder_rejoins::run },
    Check { name: "next_twice", severity: Severity::Error, run: next_twice::run },
    Check { name: "duties_contradict", severity: Severity::Error, run: duties_contradict::run },
    Check { name: "lost_in_copies", severity: Severity::Error, run: lost_in_copies::run },
    Check { name: "zero_delay", severity: Severity::Error, run: zero_delay::run },
    Check { name: "handler_in_flow", severity: Severity::Error, run: handler_in_flow::run },
    Check { name: "subprocess_recursion", severity: Severity::Error, run: subprocess_recursion::run },
    of_releases("node_removed", Severity::Error),
    of_releases("kind_changed", Severity::Error),
    of_releases("stuck_in_flight", Severity::Error),
    Check { name: "switch_without_default", severity: Severity::Denied, run: switch_without_default::run },
    Check { name: "instant_loops", severity: Severity::Denied, run: instant_loops::run },
    Check { name: "race_won_at_once", severity: Severity::Error, run: race_won_at_once::run },
    Check { name: "unreachable_nodes", severity: Severity::Denied, run: unreachable_nodes::run },
    Check { name: "branch_leaves", severity: Severity::Denied, run: branch_leaves::run },
    Check { name: "split_all_conditional", severity: Severity::Denied, run: split_all_conditional::run },
    Check { name: "lost_update", severity: Severity::Denied, run: lost_update::run },
    Check { name: "owner_may_be_missing", severity: Severity::Denied, run: owner_may_be_missing::run },
    Check { name: "artifact_before_set", severity: Severity::Denied, run: artifact_before_set::run },
    Check { name: "too_tangled", severity: Severity::Denied, run: too_tangled::run },
    of_releases("timeout_lost", Severity::Denied),
    of_releases("runs_twice_in_flight", Severity::Denied),
    of_releases("branch_lost_in_flight", Severity::Denied),
    Check { name: "runs_twice", severity: Severity::Warning, run: runs_twice::run },
    Check { name: "join_never_waits", severity: Severity::Warning, run: join_never_waits::run },
    Check { name: "same_arms", severity: Severity::Warning, run: same_arms::run },
    Check { name: "default_not_last", severity: Severity::Warning, run: default_not_last::run },
    Check { name: "split_of_one", severity: Severity::Warning, run: split_of_one::run },
    Check { name: "repeated_branch", severity: Severity::Warning, run: repeated_branch::run },
    Check { name: "join_of_one", severity: Severity::Warning, run: join_of_one::run },
    Check { name: "constant_conditions", severity: Severity::Warning, run: constant_conditions::run },
    Check { name: "unreachable_case", severity: Severity::Warning, run: unreachable_case::run },
    Check { name: "only_managers", severity: Severity::Warning, run: only_managers::run },
    Check { name: "default_decides", severity: Severity::Warning, run: default_decides::run },
    Check { name: "never_written", severity: Severity::Warning, run: never_written::run },
    Check { name: "condition_cannot_change", severity: Severity::Denied, run: condition_cannot_change::run },
    Check { name: "read_beside_write", severity: Severity::Warning, run: read_beside_write::run },
    Check { name: "stale_decision", severity: Severity::Warning, run: stale_decision::run },
    Check { name: "reminder_after_deadline", severity: Severity::Warning, run: reminder_after_deadline::run },
    Check { name: "unused_task_data", severity: Severity::Warning, run: unused_task_data::run },
    Check { name: "condition_reads_clock", severity: Severity::Warning, run: condition_reads_clock::run },
    Check { name: "superfluous_terminate", severity: Severity::Warning, run: superfluous_terminate::run },
    Check { name: "terminate_kills_work", severity: Severity::Warning, run: terminate_kills_work::run },
    Check { name: "never_compensated", severity: Severity::Warning, run: never_compensated::run },
    Check { name: "nothing_to_compensate", severity: Severity::Warning, run: nothing_to_compensate::run },
    of_releases("timeout_not_armed", Severity::Warning),
    Check { name: "never_meets", severity: Severity::Off, run: never_meets::run },
    Check { name: "side_branch", severity: Severity::Off, run: side_branch::run },
    Check { name: "jump_in", severity: Severity::Off, run: jump_in::run },
    Check { name: "too_big", severity: Severity::Off, run: too_big::run },
    Check { name: "similar_names", severity: Severity::Off, run: similar_names::run },
    Check { name: "no_waiting_node", severity: Severity::Off, run: no_waiting_node::run },
    Check { name: "endless_retry", severity: Severity::Off, run: endless_retry::run },
    Check { name: "label_style", severity: Severity::Off, run: label_style::run },
    Check { name: "never_read", severity: Severity::Off, run: never_read::run },
    Check { name: "own_approval", severity: Severity::Off, run: own_approval::run },
    Check { name: "changed_after_approval", severity: Severity::Off, run: changed_after_approval::run },
    Check { name: "overwritten_unread", severity: Severity::Off, run: overwritten_unread::run },
    Check { name: "same_condition_twice", severity: Severity::Off, run: same_condition_twice::run },
    Check { name: "condition_can_panic", severity: Severity::Off, run: condition_can_panic::run },
    Check { name: "blocking_function", severity: Severity::Off, run: blocking_function::run },
];

/// A check that needs the releases of the flow: [`check_releases`](crate::lock::check_releases) runs it.
const fn of_releases(name: &'static str, severity: Severity) -> Check {
    Check { name, severity, run: |_, _| () }
}

/// All mistakes of a flow, sorted by where they are.
///
/// ```
/// use flow_graph::{Graph, Kind, Node, Place};
///
/// let graph = Graph { nodes: &[Node::new("end", Kind::End)], ..Graph::new("f") };
/// let findings = flow_graph::check(&graph);
/// assert_eq!(findings[0].check, "no_start");
/// assert_eq!(findings[0].place, Place::Flow);
/// ```
#[must_use]
pub fn check(graph: &Graph<'_>) -> Vec<Finding> {
    check_with(graph, &Code::default())
}

/// The same, with what is known of the flow's code: the checks on data and people need it.
#[must_use]
pub fn check_with(graph: &Graph<'_>, code: &Code) -> Vec<Finding> {
    let of_compiler = |check: &Check| check.severity != Severity::Off;
    let analysis = Analysis::new(graph, code);
    let mut found = run(&analysis, of_compiler);
    let again = |graph: &Graph<'_>| run(&Analysis::new(graph, &Code::default()), of_compiler);
    repair::keep_right(graph, &analysis.positions, &mut found, again);
    found
}

/// The hints that look at code: the macro keeps what it saw as a constant of the flow, since it alone sees the code.
const OF_CODE: &[&str] = &[
    "never_read",
    "own_approval",
    "changed_after_approval",
    "overwritten_unread",
    "same_condition_twice",
    "condition_can_panic",
    "blocking_function",
];

/// What is fine and worth a second look, sorted by where it is: the checks that are off in the compiler. Of a flow its
/// own `hints()` tells more: those of its code, too.
#[must_use]
pub fn hints(graph: &Graph<'_>) -> Vec<Finding> {
    run(&Analysis::new(graph, &Code::default()), |check| {
        check.severity == Severity::Off && !OF_CODE.contains(&check.name)
    })
}

/// More nodes than this, and nothing is hinted of the code: the compiler would be held up for what it does not say.
const MOST_HINTED: usize = 100;

/// The hints that need to know the flow's code, and no others; of a flow of more than a hundred nodes none.
#[must_use]
pub fn hints_of_code(graph: &Graph<'_>, code: &Code) -> Vec<Finding> {
    if graph.nodes.len() > MOST_HINTED {
        return Vec::new();
    }
    run(&Analysis::new(graph, code), |check| OF_CODE.contains(&check.name))
}

/// Whether a process comes through this node before it can end, whichever start it is started at and whatever is
/// decided: the flow cannot do without it.
#[must_use]
pub fn always_passes(graph: &Graph<'_>, node: NodeId) -> bool {
    Analysis::new(graph, &Code::default()).always_passes(node)
}

fn run(analysis: &Analysis<'_>, wanted: impl Fn(&Check) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in CHECKS.iter().filter(|check| wanted(check)) {
        let first = found.len();
        (check.run)(analysis, &mut found);
        for finding in &mut found[first..] {
            finding.check = check.name;
            finding.severity = check.severity;
        }
    }
    found.sort_by_key(|finding| finding.place);
    found
}
