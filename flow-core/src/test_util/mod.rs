//! Test helpers (feature `test-util`): an in-memory database, a controllable test clock, assertions that print the
//! history of the process when they fail, and [`Flows::assert_sound`](crate::Flows::assert_sound), which tries what a
//! manager can do.
//!
//! ```text
//! let mut conn = flow_core::test_util::database();
//! let clock = TestClock::install();
//! let process = HelloWorldFlow.start.run(&mut conn, &alice, StartForm { text: "hi".into() })?;
//! clock.advance(days(3));
//! FLOWS.run_until_idle(&mut conn)?;
//! FLOWS.expect(&mut conn, process.id()).is(ProcessStatus::Done).tasks(&[
//!     "start:DONE", "approve:CANCELED", "approve__timeout__escalate:DONE", "escalate:DONE",
//! ]);
//! ```

#![allow(clippy::panic, clippy::expect_used, reason = "an assertion fails by a panic")]

mod clock;
mod expect;
mod sound;

use std::sync::atomic::Ordering;

use diesel::SqliteConnection;

pub use clock::TestClock;
pub use expect::Expect;

use crate::store::Store as _;

/// An in-memory SQLite database with all tables.
///
/// # Panics
/// If SQLite cannot open it.
#[must_use]
#[track_caller]
pub fn database() -> SqliteConnection {
    let mut conn = crate::sqlite::open(":memory:").expect("a database in memory");
    conn.store().migrate().expect("the tables");
    conn
}

/// How many rows the engine has read on this thread. A test can measure the cost of a step as the difference of two
/// calls.
///
/// ```
/// assert_eq!(flow_core::test_util::rows_read(), 0);
/// ```
#[must_use]
pub fn rows_read() -> u64 {
    crate::store::READ.get()
}

/// Sets the clock of this machine wrong for the whole program, by so many seconds: to test what several machines do
/// whose clocks differ.
pub fn shift_machine_clock(seconds: i64) {
    crate::clock::SHIFT.store(seconds.saturating_mul(1_000_000), Ordering::Relaxed);
}
