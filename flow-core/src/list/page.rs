//! A page of a list.

use std::fmt;

use super::Cursor;
use crate::TaskId;

/// Rows in a page, where nothing is said.
pub(super) const PAGE: i64 = 50;

/// Most rows in a page.
pub(super) const LARGEST_PAGE: i64 = 200;

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<R> {
    /// The rows, in the order of the list. Where a method of a flow decides who sees a row, there may be fewer than
    /// were asked for, or none, and still a next page.
    pub rows: Vec<R>,
    /// Where the next page begins; `None`: this was the last one.
    pub next: Option<Cursor>,
    /// The rows that are missing because a method of their flow failed or panicked.
    pub problems: Vec<RowProblem>,
}

impl<R> Page<R> {
    pub(super) fn empty() -> Self {
        Page { rows: Vec::new(), next: None, problems: Vec::new() }
    }
}

impl<R> IntoIterator for Page<R> {
    type Item = R;
    type IntoIter = std::vec::IntoIter<R>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

/// A row that is missing from a list, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowProblem {
    /// The process.
    pub process: i64,
    /// The task, in a list of tasks.
    pub task: Option<TaskId>,
    /// What went wrong.
    pub reason: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.task {
            Some(task) => write!(f, "task {task}: {}", self.reason),
            None => write!(f, "process {}: {}", self.process, self.reason),
        }
    }
}
