//! What was done of what was due.

use std::fmt;

use crate::{ProcessId, Task, TaskId};

/// The result of [`Flows::run_due`](crate::Flows::run_due), or of one step of a [`Worker`](crate::Worker).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueReport {
    /// Jobs completed, timers fired.
    pub done: usize,
    /// Work that set its task to ERROR, and messages that nobody has received in time.
    pub failed: usize,
    /// Jobs that failed and are retried later.
    pub retried: usize,
    /// Work that another worker had claimed, or that was no longer needed.
    pub passed: usize,
    /// Work that was postponed: it is due again later.
    pub postponed: usize,
    /// Work that this version of the code does not know, left for a version that does.
    pub unknown: usize,
    /// Each row that was not done as it should be, and why, in the order in which they were tried.
    pub problems: Vec<DueProblem>,
}

/// A row of due work that was not done as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueProblem {
    /// The stored name of the flow.
    pub flow: String,
    /// The process.
    pub process: ProcessId,
    /// The task; `None` if the work was about a whole process.
    pub task: Option<TaskId>,
    /// The stored name of the task's node, where it is known.
    pub node: Option<String>,
    /// What became of it.
    pub kind: DueProblemKind,
    /// Why: the text of the error.
    pub error: String,
}

/// What became of due work that was not done as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DueProblemKind {
    /// The task is in ERROR.
    Failed,
    /// The job is tried again later.
    Retried,
    /// It could not be done now, and is due again later.
    Postponed,
    /// This version of the code does not know it.
    Unknown,
    /// A message that nobody has received in time: it is deleted.
    Expired,
}

impl fmt::Display for DueProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            DueProblemKind::Failed => "failed",
            DueProblemKind::Retried => "failed and is tried again",
            DueProblemKind::Postponed => "was postponed",
            DueProblemKind::Unknown => "is not known",
            DueProblemKind::Expired => "was lost",
        };
        match self.task {
            Some(task) => write!(f, "task {task}")?,
            None if self.process == 0 => write!(f, "a message or a start")?,
            None => write!(f, "process {}", self.process)?,
        }
        match &self.node {
            Some(node) => write!(f, " (`{}.{node}`) {what}: {}", self.flow, self.error),
            None => write!(f, " (`{}`) {what}: {}", self.flow, self.error),
        }
    }
}

impl std::ops::AddAssign for DueReport {
    fn add_assign(&mut self, other: Self) {
        let DueReport { done, failed, retried, passed, postponed, unknown, problems } = other;
        self.done += done;
        self.failed += failed;
        self.retried += retried;
        self.passed += passed;
        self.postponed += postponed;
        self.unknown += unknown;
        self.problems.extend(problems);
    }
}

impl DueReport {
    /// Whether any work was done, so that more may be due now. Work that was skipped or postponed is not counted, so a
    /// loop on this value ends.
    #[must_use]
    pub fn any(&self) -> bool {
        self.done + self.failed + self.retried + self.passed > 0
    }
}

/// A task that failed in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskFailure {
    pub(crate) task: TaskId,
    pub(crate) node: String,
    pub(crate) error: String,
}

impl TaskFailure {
    /// What the row of a task says.
    pub(crate) fn of(task: &Task) -> Self {
        let error = task.error.clone().unwrap_or_default();
        TaskFailure { task: task.id(), node: task.node.clone(), error }
    }
}
