//! What the tests that cross crates share: an app with people, and a look at every table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    reason = "tests"
)]
// The suites are lists of items that a macro walks.
#![recursion_limit = "512"]

pub mod app;
pub mod cases;
pub mod crash;
pub mod differential;
pub mod dump;
pub mod hello;
pub mod kill;
pub mod postgres;
pub mod race;
pub mod sqlite;
pub mod suite;

pub use serde;

/// The README's code compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The samples of the pages about mistakes: what is wrong does not compile, the fix does.
#[cfg(doctest)]
pub mod errors {
    #[doc = include_str!("../../docs/errors/artifact_before_set.md")]
    pub struct ArtifactBeforeSet;
    #[doc = include_str!("../../docs/errors/back_before_split.md")]
    pub struct BackBeforeSplit;
    #[doc = include_str!("../../docs/errors/blocking_function.md")]
    pub struct BlockingFunction;
    #[doc = include_str!("../../docs/errors/branch_leaves.md")]
    pub struct BranchLeaves;
    #[doc = include_str!("../../docs/errors/changed_after_approval.md")]
    pub struct ChangedAfterApproval;
    #[doc = include_str!("../../docs/errors/condition_can_panic.md")]
    pub struct ConditionCanPanic;
    #[doc = include_str!("../../docs/errors/condition_reads_clock.md")]
    pub struct ConditionReadsClock;
    #[doc = include_str!("../../docs/errors/constant_conditions.md")]
    pub struct ConstantConditions;
    #[doc = include_str!("../../docs/errors/dead_ends.md")]
    pub struct DeadEnds;
    #[doc = include_str!("../../docs/errors/default_decides.md")]
    pub struct DefaultDecides;
    #[doc = include_str!("../../docs/errors/default_not_last.md")]
    pub struct DefaultNotLast;
    #[doc = include_str!("../../docs/errors/duties_contradict.md")]
    pub struct DutiesContradict;
    #[doc = include_str!("../../docs/errors/edge_to_start.md")]
    pub struct EdgeToStart;
    #[doc = include_str!("../../docs/errors/endless_retry.md")]
    pub struct EndlessRetry;
    #[doc = include_str!("../../docs/errors/generated_name_clash.md")]
    pub struct GeneratedNameClash;
    #[doc = include_str!("../../docs/errors/if_without_else.md")]
    pub struct IfWithoutElse;
    #[doc = include_str!("../../docs/errors/instant_loops.md")]
    pub struct InstantLoops;
    #[doc = include_str!("../../docs/errors/join_never_waits.md")]
    pub struct JoinNeverWaits;
    #[doc = include_str!("../../docs/errors/join_of_one.md")]
    pub struct JoinOfOne;
    #[doc = include_str!("../../docs/errors/jump_in.md")]
    pub struct JumpIn;
    #[doc = include_str!("../../docs/errors/label_style.md")]
    pub struct LabelStyle;
    #[doc = include_str!("../../docs/errors/lost_in_copies.md")]
    pub struct LostInCopies;
    #[doc = include_str!("../../docs/errors/lost_update.md")]
    pub struct LostUpdate;
    #[doc = include_str!("../../docs/errors/mixed_levels.md")]
    pub struct MixedLevels;
    #[doc = include_str!("../../docs/errors/never_ends.md")]
    pub struct NeverEnds;
    #[doc = include_str!("../../docs/errors/never_meets.md")]
    pub struct NeverMeets;
    #[doc = include_str!("../../docs/errors/never_read.md")]
    pub struct NeverRead;
    #[doc = include_str!("../../docs/errors/never_written.md")]
    pub struct NeverWritten;
    #[doc = include_str!("../../docs/errors/next_twice.md")]
    pub struct NextTwice;
    #[doc = include_str!("../../docs/errors/no_end.md")]
    pub struct NoEnd;
    #[doc = include_str!("../../docs/errors/no_start.md")]
    pub struct NoStart;
    #[doc = include_str!("../../docs/errors/no_waiting_node.md")]
    pub struct NoWaitingNode;
    #[doc = include_str!("../../docs/errors/only_a_side_branch_ends.md")]
    pub struct OnlyASideBranchEnds;
    #[doc = include_str!("../../docs/errors/only_managers.md")]
    pub struct OnlyManagers;
    #[doc = include_str!("../../docs/errors/overwritten_unread.md")]
    pub struct OverwrittenUnread;
    #[doc = include_str!("../../docs/errors/own_approval.md")]
    pub struct OwnApproval;
    #[doc = include_str!("../../docs/errors/owner_may_be_missing.md")]
    pub struct OwnerMayBeMissing;
    #[doc = include_str!("../../docs/errors/read_before_write.md")]
    pub struct ReadBeforeWrite;
    #[doc = include_str!("../../docs/errors/read_beside_write.md")]
    pub struct ReadBesideWrite;
    #[doc = include_str!("../../docs/errors/reminder_after_deadline.md")]
    pub struct ReminderAfterDeadline;
    #[doc = include_str!("../../docs/errors/reminder_rejoins.md")]
    pub struct ReminderRejoins;
    #[doc = include_str!("../../docs/errors/repeated_branch.md")]
    pub struct RepeatedBranch;
    #[doc = include_str!("../../docs/errors/reserved_names.md")]
    pub struct ReservedNames;
    #[doc = include_str!("../../docs/errors/runs_twice.md")]
    pub struct RunsTwice;
    #[doc = include_str!("../../docs/errors/same_arms.md")]
    pub struct SameArms;
    #[doc = include_str!("../../docs/errors/same_condition_twice.md")]
    pub struct SameConditionTwice;
    #[doc = include_str!("../../docs/errors/side_branch.md")]
    pub struct SideBranch;
    #[doc = include_str!("../../docs/errors/similar_names.md")]
    pub struct SimilarNames;
    #[doc = include_str!("../../docs/errors/split_all_conditional.md")]
    pub struct SplitAllConditional;
    #[doc = include_str!("../../docs/errors/split_of_one.md")]
    pub struct SplitOfOne;
    #[doc = include_str!("../../docs/errors/split_with_two_joins.md")]
    pub struct SplitWithTwoJoins;
    #[doc = include_str!("../../docs/errors/stale_decision.md")]
    pub struct StaleDecision;
    #[doc = include_str!("../../docs/errors/subprocess_recursion.md")]
    pub struct SubprocessRecursion;
    #[doc = include_str!("../../docs/errors/switch_without_default.md")]
    pub struct SwitchWithoutDefault;
    #[doc = include_str!("../../docs/errors/too_big.md")]
    pub struct TooBig;
    #[doc = include_str!("../../docs/errors/too_deep.md")]
    pub struct TooDeep;
    #[doc = include_str!("../../docs/errors/too_tangled.md")]
    pub struct TooTangled;
    #[doc = include_str!("../../docs/errors/unbounded_nesting.md")]
    pub struct UnboundedNesting;
    #[doc = include_str!("../../docs/errors/unreachable_case.md")]
    pub struct UnreachableCase;
    #[doc = include_str!("../../docs/errors/unreachable_nodes.md")]
    pub struct UnreachableNodes;
    #[doc = include_str!("../../docs/errors/unused_task_data.md")]
    pub struct UnusedTaskData;
    #[doc = include_str!("../../docs/errors/zero_delay.md")]
    pub struct ZeroDelay;
}
