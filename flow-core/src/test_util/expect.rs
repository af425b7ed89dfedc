//! Where a process should be, with its history where it is not.

use std::fmt::Write as _;

use crate::store::{AuditRow, FlowConnection};
use crate::{DueReport, Flows, Process, ProcessId, ProcessStatus, Result, Task};

/// How many sweeps [`Flows::run_until_idle`] makes before it says that there is no end.
const SWEEPS: usize = 1_000;

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
