//! What managers can do to a task of any node.

use super::{ConnectionOf, Node};
use crate::transition::verb::Verb;
use crate::transition::{Input, perform};
use crate::{Result, Task, TaskId, User};

/// Uses a verb on a task. Returns the task that replaces it, if one does.
pub(super) fn task<N: Node>(conn: &mut ConnectionOf<N>, verb: Verb, task: TaskId, user: &dyn User) -> Result<Task> {
    Ok(perform::perform::<N::Flow>(conn, verb, N::ID, task, user, Input::none())?.into_task())
}
