//! The little that the engine knows of rows.

use flow_graph::NodeId;

use crate::{ProcessStatus, TaskStatus};

/// The node of a task whose stored name the graph does not know: such a task can end, and do nothing else.
pub const UNKNOWN_NODE: NodeId = NodeId::MAX;

/// What the engine knows of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessState {
    /// Its status.
    pub status: ProcessStatus,
    /// How many tasks it has had: the number of the newest.
    pub task_count: i32,
    /// Branches of the whole process that have not ended.
    pub open_tokens: i32,
    /// It is suspended: a job that completes does not go on.
    pub suspended: bool,
}

/// What the engine knows of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskState {
    /// Its number in the process.
    pub number: i32,
    /// Its node; [`UNKNOWN_NODE`] if the graph has none of its name.
    pub node: NodeId,
    /// Its status.
    pub status: TaskStatus,
    /// The branch it is on.
    pub token: String,
    /// The split whose branch that is: the number of its task. `None`: the whole process. Of a join: the split
    /// whose branches it collects.
    pub scope: Option<i32>,
    /// The task that led to it; of a join none.
    pub previous: Option<i32>,
    /// Of a boundary: the number of the task that it is armed with. Of a task that compensates another, which is its
    /// `previous`: the number of the throw.
    pub host: Option<i32>,
    /// How many boundaries were armed with it.
    pub armed: i32,
    /// The join that its branch arrived at. Of a split: the join that has continued while branches of it were open.
    pub joined: Option<i32>,
    /// Of a split: branches that have not ended. Of a join: branches that have arrived.
    pub open_tokens: i32,
    /// Whether a token is in it although it has ended: it was cancelled or undone by a person and can be revived; or it
    /// is done, and its process is suspended.
    pub resting: bool,
    /// The place of the task that it replaces, whose seed and data it takes over.
    pub copies: Option<usize>,
    /// How it was made: the place of the task and of the edge it came by, and which of the split's items it is.
    pub via: Option<Via>,
}

/// How a task was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via {
    /// The place of the task that led to it.
    pub task: usize,
    /// The place of the edge in that task's node.
    pub edge: usize,
    /// Which of the items of a split's edge; otherwise 0.
    pub item: usize,
}

impl TaskState {
    /// The number of the task that it compensates: what took that back, or is to.
    #[must_use]
    pub fn compensates(&self) -> Option<i32> {
        self.host.and(self.previous).filter(|previous| self.host != Some(*previous))
    }

    /// A new task on this branch, armed with nothing.
    pub(super) fn new(number: i32, node: NodeId, token: String, scope: Option<i32>) -> Self {
        TaskState {
            number,
            node,
            status: TaskStatus::New,
            token,
            scope,
            previous: None,
            host: None,
            armed: 0,
            joined: None,
            open_tokens: 0,
            resting: false,
            copies: None,
            via: None,
        }
    }
}
