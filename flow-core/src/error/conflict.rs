//! What somebody else has changed meanwhile.

use std::fmt;

use crate::engine::Obstacle;
use crate::{ProcessStatus, TaskId, TaskStatus, Timestamp};

/// The current state of the task or process, and who changed it last: enough to show "Anna did this at 14:02".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Conflict {
    /// The task of the call.
    pub task: TaskId,
    /// The node it is a task of.
    pub node: String,
    /// The status of the task.
    pub status: TaskStatus,
    /// The status of its process.
    pub process_status: ProcessStatus,
    /// Who changed it last, if known.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Why it cannot be done, where the state alone does not say it.
    pub obstacle: Option<Obstacle>,
    /// Whether the task is over by itself, whatever became of its process.
    pub(crate) of_task: bool,
}

impl Conflict {
    /// Whether the task is in the way, rather than its process: who changed it last is who did the task.
    #[must_use]
    pub fn is_of_task(&self) -> bool {
        (self.process_status == ProcessStatus::New || self.of_task) && !self.is_of_process()
    }

    /// Whether a verb of the process itself was refused, such as `suspend`: there is no task then, and the number of
    /// [`task`](Conflict::task) is 0.
    #[must_use]
    pub fn is_of_process(&self) -> bool {
        self.task.number() == 0
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_of_task() {
            write!(f, "task {} (`{}`) is {}", self.task, self.node, self.status)?;
        } else {
            write!(f, "process {} is {}", self.task.process(), self.process_status)?;
        }
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if let Some(at) = self.at {
            write!(f, ", since {at}")?;
        }
        if let Some(obstacle) = self.obstacle {
            write!(f, ": {obstacle}")?;
        }
        Ok(())
    }
}

/// A row of the app's that someone else has changed since it was read: what a caller needs to say "Anna did this at
/// 14:02".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct RowConflict {
    /// The table.
    pub table: &'static str,
    /// The key of the row, as text.
    pub key: String,
    /// The state it is in now, if it has a state machine.
    pub state: Option<String>,
    /// Who took the last transition, if the row has a state machine.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

impl fmt::Display for RowConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {} was changed by someone else", self.table, self.key)?;
        if let Some(state) = &self.state {
            write!(f, ": it is `{state}`")?;
        }
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if let Some(at) = self.at {
            write!(f, ", since {at}")?;
        }
        Ok(())
    }
}
