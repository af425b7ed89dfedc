//! A waiting task is done: by a person with a form, or by code with an input.

use flow_graph::NodeId;

use super::host::Live;
use super::{Book, Cause, Input, Mode, drive, guard};
use crate::engine::{Event, Run};
use crate::flow::node;
use crate::store::{Hold, Store as _};
use crate::{Error, Flow, Process, Result, Task, TaskId, TaskStatus, User, clock};

/// A person does a task that they have taken.
pub(crate) fn execute<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    id: TaskId,
    user: &dyn User,
    mut form: Input,
) -> Result<F::Process> {
    conn.transition(form.repeatable(), |conn, hold| {
        let (process, mut task) = guard::find::<F>(conn, id, at, hold)?;
        let mut live = Live::<F>::load(process.clone(), None, conn)?;
        guard::may_do::<F>(conn, user, at, "execute", &mut live, &mut task)?;
        guard::differs::<F>(conn, user, at, process.id, "execute")?;
        guard::in_state(conn, &process, &task, &[TaskStatus::New, TaskStatus::Assigned])?;
        if task.owner.as_deref() != Some(user.id()) {
            let reason = match &task.owner {
                Some(owner) => format!("`{owner}` has taken it"),
                None => "nobody has taken it; assign it first".to_owned(),
            };
            return Err(Error::denied(user, format!("execute task {id}"), reason));
        }
        live.input = form.take(hold);
        let cause = Cause { actor: user.id(), action: "execute", subject: 0 };
        complete(conn, live, &process, task, hold, cause)
    })
}

/// Code does a task that waits for it.
pub(crate) fn run<F: Flow>(
    conn: &mut F::Connection,
    at: NodeId,
    id: TaskId,
    user: &dyn User,
    mut input: Input,
) -> Result<F::Process> {
    conn.transition(input.repeatable(), |conn, hold| {
        let (process, mut task) = guard::find::<F>(conn, id, at, hold)?;
        let mut live = Live::<F>::load(process.clone(), None, conn)?;
        guard::may_do::<F>(conn, user, at, "run", &mut live, &mut task)?;
        guard::in_state(conn, &process, &task, &[TaskStatus::New])?;
        live.input = input.take(hold);
        let cause = Cause { actor: user.id(), action: "run", subject: 0 };
        complete(conn, live, &process, task, hold, cause)
    })
}

fn complete<F: Flow>(
    conn: &mut F::Connection,
    mut live: Live<F>,
    process: &Process,
    task: Task,
    hold: Hold,
    cause: Cause<'_>,
) -> Result<F::Process> {
    let rows = with_armed::<F>(conn, task)?;
    let mut book = Book::open(F::GRAPH, clock::now(), process, rows, hold);
    let run = Run::resume(F::GRAPH, book.process_state(), book.states(), 0, Event::Complete);
    drive(conn, &mut live, run, &mut book, Mode::Foreground, cause)?;
    live.into_process()
}

/// A task, and the timeouts that are armed with it, if its node has any.
pub(super) fn with_armed<F: Flow>(conn: &mut F::Connection, task: Task) -> Result<Vec<Task>> {
    let id = F::GRAPH.find(&task.node).ok_or_else(|| Error::Internal("a task without a node".to_owned()))?;
    let (node, _) = node::<F>(id)?;
    let armed = if node.boundaries.is_empty() { Vec::new() } else { conn.armed(task.process_id, task.number)? };
    Ok(std::iter::once(task).chain(armed).collect())
}
