//! The control-flow patterns (WCP) of the Workflow Patterns initiative, with their numbers.

pub mod arbitrary_cycles; // 10
pub mod cancel_case; // 20
pub mod cancel_instances; // 26
pub mod cancel_region; // 25
pub mod cancel_task; // 19
pub mod cancelling_discriminator; // 29
pub mod cancelling_partial_join; // 32
pub mod complete_instances; // 27
pub mod critical_section; // 39
pub mod deferred_choice; // 16
pub mod dynamic_partial_join; // 36
pub mod exclusive_choice; // 4, 5
pub mod explicit_termination;
pub mod implicit_termination; // 11
pub mod instances_added_later; // 15
pub mod instances_known_at_design_time; // 13
pub mod instances_known_at_run_time; // 14
pub mod instances_without_synchronization; // 12
pub mod interleaved_parallel_routing; // 17
pub mod interleaved_routing; // 40
pub mod local_synchronizing_merge; // 37
pub mod milestone; // 18
pub mod multi_choice; // 6, 7
pub mod multi_merge; // 8
pub mod parallel_split; // 2, 3
pub mod partial_join; // 30
pub mod partial_join_for_instances; // 34
pub mod persistent_trigger; // 24
pub mod recursion; // 22
pub mod sequence; // 1
pub mod structured_discriminator; // 9
pub mod structured_loop; // 21
pub mod threads; // 41, 42
pub mod transient_trigger; // 23 // 43
