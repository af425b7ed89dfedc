//! The little that the engine knows of rows.

use flow_graph::NodeId;

use crate::{ProcessStatus, TaskStatus};

/// What the engine knows of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessState {
    /// Where it stands.
    pub status: ProcessStatus,
    /// How many tasks it has had: the number of the newest.
    pub task_count: i32,
    /// Branches of the whole process that have not ended.
    pub open_tokens: i32,
}

/// What the engine knows of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskState {
    /// Its number in the process.
    pub number: i32,
    /// Its node.
    pub node: NodeId,
    /// Where it stands.
    pub status: TaskStatus,
    /// The branch it is on.
    pub token: String,
    /// The split whose branch that is: the number of its task. `None`: the whole process.
    pub scope: Option<i32>,
    /// The task that led to it.
    pub previous: Option<i32>,
}
