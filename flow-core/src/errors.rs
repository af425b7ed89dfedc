//! The checks of `#[flow]` and `#[states]`: one page for each.
//!
//! The name of a page is the name of its check. It is printed in brackets in the compiler's message, and is used in
//! `allow(.., reason = "..")` on a node to accept a finding. A hint is an advisory finding that the compiler does not
//! print: `HelloWorldFlow.hints()` lists them.

macro_rules! pages {
    ($list:ident: $($name:ident)*) => {
        $(
            #[doc = include_str!(concat!("../docs/errors/", stringify!($name), ".md"))]
            pub mod $name {}
        )*

        #[cfg(test)]
        const $list: &[&str] = &[$(stringify!($name)),*];
    };
}

pages! {
    PAGES:
    artifact_before_set
    back_before_split
    blocking_function
    branch_leaves
    branch_lost_in_flight
    changed_after_approval
    condition_can_panic
    condition_cannot_change
    condition_reads_clock
    constant_conditions
    dead_ends
    default_decides
    default_not_last
    duties_contradict
    edge_to_obsolete
    edge_to_start
    endless_retry
    field_lost
    generated_name_clash
    handler_in_flow
    if_without_else
    instant_loops
    join_never_waits
    join_of_one
    jump_in
    kind_changed
    label_style
    lost_in_copies
    lost_update
    mixed_levels
    never_compensated
    never_ends
    never_meets
    never_read
    never_written
    next_twice
    no_end
    no_start
    no_waiting_node
    node_removed
    nothing_to_compensate
    only_a_side_branch_ends
    only_managers
    overwritten_unread
    own_approval
    owner_may_be_missing
    race_won_at_once
    read_before_write
    read_beside_write
    reminder_after_deadline
    reminder_rejoins
    repeated_branch
    reserved_names
    runs_twice
    runs_twice_in_flight
    same_arms
    same_condition_twice
    side_branch
    similar_names
    split_all_conditional
    split_of_one
    split_with_two_joins
    stale_decision
    stuck_in_flight
    subprocess_recursion
    superfluous_terminate
    switch_without_default
    terminate_kills_work
    timeout_lost
    timeout_not_armed
    too_big
    too_deep
    too_tangled
    unbounded_nesting
    unreachable_case
    unreachable_nodes
    unused_task_data
    zero_delay
}

// Of state machines: `#[states]` and the constants that it writes find them.
pages! {
    PAGES_OF_STATES:
    no_way_to_an_end
    source_twice
    transition_twice
    uncallable_transition
    unreachable_states
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_check_has_its_page_where_its_messages_lead() {
        let mut checks: Vec<&str> = flow_graph::CHECKS.iter().map(|check| check.name).collect();
        // rustc finds it, in constants that `#[flow]` writes.
        checks.extend(["read_before_write", "field_lost"]);
        checks.sort_unstable();
        assert_eq!(super::PAGES, checks);
        assert!(super::PAGES_OF_STATES.is_sorted() && super::PAGES_OF_STATES.len() == 5);
        let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
        let page = format!("https://docs.rs/flow-core/{major}.{minor}/flow_core/errors/too_big/");
        assert_eq!(flow_graph::page("too_big"), page);
    }
}
