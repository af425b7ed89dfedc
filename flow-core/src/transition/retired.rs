//! Tasks of nodes that are obsolete: what hinders that they are moved on.

use super::perform::{self, Request, Target};
use super::verb::Verb;
use crate::engine::Obstacle;
use crate::store::{FlowConnection, Locking, Store as _};
use crate::{Flow, Result, Task, TaskId, User, clock};

/// What a task must wait for before it is moved: a body that runs, a process that it has started.
pub(super) fn hindrance<C: FlowConnection>(conn: &mut C, task: &Task) -> Result<Option<Obstacle>> {
    if crate::sabotage::is_out("move_running") {
        return Ok(None);
    }
    let now = clock::now();
    let due = conn.store().due_of(task.process_id)?;
    let runs = due.iter().any(|row| row.task == task.number && row.leased_until.is_some_and(|until| until > now));
    if runs {
        return Ok(Some(Obstacle::Running));
    }
    let children = conn.store().open_children(task.process_id, task.number)?;
    Ok((!children.is_empty()).then_some(Obstacle::OpenChild))
}

/// Refuses a task that could not be moved on now. What its code does, if it has any, is not tried.
pub(crate) fn look<F: Flow>(
    conn: &mut F::Connection,
    at: flow_graph::NodeId,
    id: TaskId,
    user: &dyn User,
) -> Result<()> {
    let mut target: Target<F> = perform::find(conn, id, at, Locking::Optimistic)?;
    let request = Request { verb: Verb::MoveRetired, at, id, user, to: None, expected: None };
    perform::stand_in(conn, request, &mut target)?;
    // The next step reads the document.
    target.loaded(conn).map(drop)
}
