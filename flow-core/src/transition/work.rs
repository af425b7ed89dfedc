//! Whether somebody works on a task, for what changes nothing of it: putting it off, saving a draft.

use flow_graph::NodeId;

use super::perform::{self, Target};
use super::permit;
use super::verb::Verb;
use crate::store::Locking;
use crate::{Error, Flow, Result, Task, TaskId, User};

/// An open task of this node that the person owns or may claim.
pub(crate) fn open<F: Flow>(conn: &mut F::Connection, at: NodeId, id: TaskId, user: &dyn User) -> Result<Task> {
    permit::identified(user)?;
    let mut target: Target<F> = perform::find(conn, id, at, Locking::Optimistic)?;
    if target.task.owner.as_deref() != Some(user.id()) {
        permit::may_do(conn, user, Verb::Assign, at, &mut target)?;
    }
    if perform::is_over(&target.process, &target.task) {
        let conflict: Error = perform::conflict(conn, &target.process, &target.task)?;
        return Err(conflict);
    }
    Ok(target.task)
}
