//! Test helpers (feature `test-util`): an in-memory database, a controllable test clock, and assertions that print the
//! history of the process when they fail.
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

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::SqliteConnection;

use crate::store::{AuditRow, FlowConnection, Store as _};
use crate::{DueReport, Flows, Process, ProcessId, ProcessStatus, Result, Task, Timestamp, clock};

/// How many sweeps [`Flows::run_until_idle`] makes before it says that there is no end.
const SWEEPS: usize = 1_000;

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

/// A controllable test clock for the current thread: it stands still until [`advance`](TestClock::advance) is called.
/// Dropping it restores the previous clock.
///
/// Clocks can be nested: the newest is used.
///
/// ```
/// use flow_core::{clock, days, test_util::TestClock};
///
/// let outer = TestClock::install();
/// {
///     let inner = TestClock::install_at(outer.now() + days(1));
///     assert_eq!(clock::now(), inner.now());
/// }
/// assert_eq!(clock::now(), outer.now());
/// ```
#[derive(Debug)]
pub struct TestClock {
    number: u64,
}

impl TestClock {
    /// Stops the clock of this thread at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn install() -> Self {
        Self::install_at(Timestamp::from_micros(1_767_225_600_000_000))
    }

    /// Stops the clock of this thread at this moment.
    #[must_use]
    pub fn install_at(now: Timestamp) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        clock::FIXED.with_borrow_mut(|clocks| clocks.push((number, now)));
        TestClock { number }
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let mine = clock::FIXED.with_borrow(|clocks| clocks.iter().find(|(number, _)| *number == self.number).copied());
        mine.map_or_else(clock::now, |(_, at)| at)
    }

    /// Moves the clock to this moment, forward or back.
    pub fn set(&self, now: Timestamp) {
        clock::FIXED.with_borrow_mut(|clocks| {
            for (_, at) in clocks.iter_mut().filter(|(number, _)| *number == self.number) {
                *at = now;
            }
        });
    }

    /// Moves the clock forward by this duration.
    pub fn advance(&self, length: Duration) {
        clock::FIXED.with_borrow_mut(|clocks| {
            for (_, at) in clocks.iter_mut().filter(|(number, _)| *number == self.number) {
                *at = *at + length;
            }
        });
    }
}

impl Drop for TestClock {
    fn drop(&mut self) {
        // Where the thread ends, its list may be gone before its clocks.
        let _ = clock::FIXED.try_with(|clocks| clocks.borrow_mut().retain(|(number, _)| *number != self.number));
    }
}

impl<C: FlowConnection> Flows<C> {
    /// Calls [`run_due`](Flows::run_due) until there is no due work. Work that is scheduled for a later time is not
    /// run.
    ///
    /// # Errors
    /// As `run_due`.
    ///
    /// # Panics
    /// If there is still due work after a thousand sweeps: jobs that follow each other in a cycle.
    pub fn run_until_idle(&self, conn: &mut C) -> Result<DueReport> {
        let mut all = DueReport::default();
        for _ in 0..SWEEPS {
            let report = self.run_due(conn)?;
            let is_idle = !report.any();
            all += report;
            if is_idle {
                return Ok(all);
            }
        }
        panic!("after {SWEEPS} sweeps there is still due work: {all:?}")
    }

    /// The current state of a process, for assertions that print its history when they fail.
    ///
    /// # Panics
    /// If there is no such process.
    #[track_caller]
    pub fn expect(&self, conn: &mut C, process: impl Into<ProcessId>) -> Expect {
        let process = process.into();
        let row = self.process(conn, process).expect("the process");
        let tasks = self.tasks(conn, process).expect("its tasks");
        let history = self.history(conn, process).expect("its history");
        Expect { row, tasks, history }
    }
}

/// A process and its history, to be compared with what a test expects.
#[derive(Debug)]
pub struct Expect {
    row: Process,
    tasks: Vec<Task>,
    history: Vec<AuditRow>,
}

impl Expect {
    /// Asserts the status of the process.
    ///
    /// # Panics
    /// If the process has another status; the message includes its history.
    #[track_caller]
    pub fn is(self, status: ProcessStatus) -> Self {
        if self.row.status() != status {
            self.fail(&format!("expected the process {status}, it is {}", self.row.status()));
        }
        self
    }

    /// Asserts that it has exactly these tasks, in this order: `"approve:DONE"`, or with its token `"join:DONE@start"`.
    ///
    /// # Panics
    /// If it has other tasks; the message includes its history.
    #[track_caller]
    pub fn tasks(self, expected: &[&str]) -> Self {
        let matches = expected.len() == self.tasks.len()
            && expected.iter().zip(&self.tasks).all(|(expected, task)| {
                let short = format!("{}:{}", task.node(), task.status());
                *expected == short || *expected == format!("{short}@{}", task.token())
            });
        if !matches {
            self.fail(&format!("expected the tasks {expected:?}"));
        }
        self
    }

    /// The tasks, for other assertions.
    #[must_use]
    pub fn rows(&self) -> &[Task] {
        &self.tasks
    }

    /// The process and its history as text.
    #[must_use]
    pub fn story(&self) -> String {
        let mut text = format!("process {} of {} is {}\n", self.row.id(), self.row.flow(), self.row.status());
        for task in &self.tasks {
            // Writing to a String cannot fail.
            let _ = write!(text, "  {} {}:{}@{}", task.id(), task.node(), task.status(), task.token());
            let _ = match (task.owner(), task.error()) {
                (_, Some(error)) => writeln!(text, " ({error})"),
                (Some(owner), None) => writeln!(text, " ({owner})"),
                (None, None) => writeln!(text),
            };
        }
        for row in &self.history {
            let changes: Vec<String> =
                row.changes().iter().map(|(number, status)| format!("{number} {status}")).collect();
            let node = row.node().unwrap_or_default();
            let _ = writeln!(text, "  {} {} {} {node}: {}", row.at(), row.actor(), row.action(), changes.join(", "));
        }
        text
    }

    #[track_caller]
    fn fail(&self, what: &str) -> ! {
        panic!("{what}\n{}", self.story())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_clock_counts_whichever_is_dropped() {
        let at = |seconds: i64| Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000);
        let first = TestClock::install_at(at(0));
        let clock = TestClock::install_at(at(-5));
        drop(first);
        assert_eq!((clock.now(), clock::now()), (at(-5), at(-5)), "the first one is gone, the second is there");

        let inner = TestClock::install_at(at(9));
        clock.advance(Duration::from_secs(1));
        inner.advance(Duration::from_secs(1));
        assert_eq!((clock.now(), clock::now()), (at(-4), at(10)));
        drop(inner);
        assert_eq!(clock::now(), at(-4));
        drop(clock);
        assert!(clock::now() != at(-4));
    }
}
