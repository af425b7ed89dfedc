//! A person takes a task, or gives it back.

use flow_graph::NodeId;

use super::host::Live;
use super::{Book, Cause, guard};
use crate::flow::node;
use crate::store::Store as _;
use crate::{Error, Flow, Result, Task, TaskId, TaskStatus, User, clock};

/// The person takes the task.
pub(crate) fn assign<F: Flow>(conn: &mut F::Connection, at: NodeId, id: TaskId, user: &dyn User) -> Result<Task> {
    conn.transition(true, |conn, hold| {
        let (mut process, mut task) = guard::find::<F>(conn, id, at, hold)?;
        if matches!(node::<F>(at)?.1.rule, crate::flow::Rule::Task(_)) {
            let mut live = Live::<F>::load(process.clone(), None, conn)?;
            guard::may_do::<F>(conn, user, at, "assign", &mut live, &mut task)?;
        } else {
            // No proxy is needed, so a document that cannot be read is no hindrance.
            guard::may_take::<F>(user, at)?;
        }
        guard::differs::<F>(conn, user, at, process.id, "assign")?;
        guard::in_state(conn, &process, &task, &[TaskStatus::New])?;
        let now = clock::now();
        let mut book = Book::open(F::GRAPH, now, &process, vec![task], hold);
        let task = book.touch(0);
        task.status = TaskStatus::Assigned;
        task.owner = Some(user.id().to_owned());
        task.assigned = Some(now);
        book.finish(conn, &mut process, Cause { actor: user.id(), action: "assign", subject: 0 })?;
        Ok(book.task(0).clone())
    })
}

/// The person, or a manager, gives the task back.
pub(crate) fn unassign<F: Flow>(conn: &mut F::Connection, at: NodeId, id: TaskId, user: &dyn User) -> Result<Task> {
    conn.transition(true, |conn, hold| {
        let (mut process, task) = guard::find::<F>(conn, id, at, hold)?;
        let stranger = task.owner.as_deref() != Some(user.id()) && !user.manages(F::GRAPH.name);
        if stranger && task.status == TaskStatus::Assigned {
            let owner = task.owner.as_deref().unwrap_or_default();
            return Err(Error::denied(user, format!("unassign task {id}"), format!("`{owner}` has taken it")));
        }
        guard::in_state(conn, &process, &task, &[TaskStatus::Assigned])?;
        let mut book = Book::open(F::GRAPH, clock::now(), &process, vec![task], hold);
        let task = book.touch(0);
        task.status = TaskStatus::New;
        task.owner = None;
        task.assigned = None;
        book.finish(conn, &mut process, Cause { actor: user.id(), action: "unassign", subject: 0 })?;
        Ok(book.task(0).clone())
    })
}
