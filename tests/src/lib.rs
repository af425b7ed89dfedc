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
    #[doc = include_str!("../../docs/errors/dead_ends.md")]
    pub struct DeadEnds;
    #[doc = include_str!("../../docs/errors/edge_to_start.md")]
    pub struct EdgeToStart;
    #[doc = include_str!("../../docs/errors/generated_name_clash.md")]
    pub struct GeneratedNameClash;
    #[doc = include_str!("../../docs/errors/if_without_else.md")]
    pub struct IfWithoutElse;
    #[doc = include_str!("../../docs/errors/instant_loops.md")]
    pub struct InstantLoops;
    #[doc = include_str!("../../docs/errors/no_end.md")]
    pub struct NoEnd;
    #[doc = include_str!("../../docs/errors/no_start.md")]
    pub struct NoStart;
    #[doc = include_str!("../../docs/errors/read_before_write.md")]
    pub struct ReadBeforeWrite;
    #[doc = include_str!("../../docs/errors/reserved_names.md")]
    pub struct ReservedNames;
    #[doc = include_str!("../../docs/errors/switch_without_default.md")]
    pub struct SwitchWithoutDefault;
    #[doc = include_str!("../../docs/errors/unreachable_nodes.md")]
    pub struct UnreachableNodes;
}
