//! Releases: `flow.lock`, and what is in flight.
//!
//! `flow.lock` stands beside `Cargo.toml` and lists each release of the package's flows: their nodes and the fields of
//! their documents. `#[flow]` reads it, and proves that a process of each of these releases, wherever it can be, goes
//! on in the flow that is compiled and comes to its end. A test writes it:
//!
//! ```
//! # use flow_core::prelude::*;
//! # #[flow]
//! # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
//! static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
//!
//! #[test]
//! fn the_lock_is_current() {
//!     flow_core::lock::assert_current!(FLOWS);
//! }
//! ```
//!
//! The test fails while the flows differ from their last release, with a text to review;
//! `FLOW_LOCK=overwrite cargo test the_lock_is_current` writes the next release. Do that when you deploy, and commit the
//! file. The walk-through is `docs/releasing.md`.
//!
//! A process keeps the number of the release that it was started under: [`Process::release`](crate::Process::release).

#![allow(clippy::test_attr_in_doctest, reason = "the lock is written by a test")]

mod current;
mod fields;
mod prune;

pub(crate) use current::release;
pub use current::{CurrentError, check_current};
pub use fields::{KnownField, KnownRelease, Misfit, misfit, same_fields};
pub use flow_graph::lock::{Lock, LockError, LockErrorKind, LockedEdge, LockedField, LockedNode, Release, review};

pub use prune::prune;

pub use crate::__assert_current as assert_current;

use crate::proxy::Meta;

/// What `#[flow]` knows of the releases of a flow.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Locked {
    /// The hash of the lock that was compiled; 0: there was none.
    pub hash: u64,
    /// The release that new processes are started under; 0: there are no releases.
    pub release: u32,
    /// The releases that the lock lists, the oldest first.
    pub known: &'static [u32],
    /// The file that the flow is in.
    pub source: &'static str,
    /// The fields of the process.
    pub fields: &'static [Meta],
    /// By stored name of a node: the fields of its tasks.
    pub tasks: &'static [(&'static str, &'static [Meta])],
}

impl Locked {
    /// Of a flow that no macro made.
    pub const NONE: Self = Locked { hash: 0, release: 0, known: &[], source: "", fields: &[], tasks: &[] };
}
