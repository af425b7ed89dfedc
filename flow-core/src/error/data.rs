//! A stored document that the code cannot read.

use crate::TaskId;

/// A stored document that cannot be read as its Rust type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: field `{field}` (at `{path}`) holds {found}, expected {expected}", self.owner())]
#[non_exhaustive]
pub struct DataError {
    /// The id of the process that the document, or the task of the document, belongs to.
    pub process: i64,
    /// The task whose document it is, if it is a task's.
    pub task: Option<TaskId>,
    /// The row of a table of the app's whose document it is, if it is one's: "`users` 7". `process` is 0 then.
    pub row: Option<String>,
    /// The field that reads it.
    pub field: &'static str,
    /// Where in the document.
    pub path: String,
    /// What is there, without the value itself.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl DataError {
    /// Whose document it is: `process 17`, `task 17.2`.
    fn owner(&self) -> String {
        match (self.task, &self.row) {
            (Some(task), _) => format!("task {task}"),
            (None, Some(row)) => row.clone(),
            (None, None) => format!("process {}", self.process),
        }
    }
}
