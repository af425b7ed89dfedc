//! What a verb that was refused returns: what is in the way, and who brought it there.

use std::collections::BTreeMap;

use super::verb::Verb;
use super::{FLOW, deny};
use crate::engine::Obstacle;
use crate::store::{FlowConnection, Store as _};
use crate::{Conflict, Error, Process, ProcessStatus, Task, Timestamp, User};

/// The error of a verb that was refused. A conflict says who changed the task that is in the way; that somebody was
/// denied is written down, once the transition is rolled back.
pub(super) fn refused<C: FlowConnection>(
    conn: &mut C,
    process: i64,
    user: &dyn User,
    verb: Verb,
    task: Option<(i32, &str)>,
    error: Error,
) -> Error {
    if let Error::Denied { reason, .. } = &error {
        deny::record(conn, process, user, verb, task, reason);
    }
    with_author(conn, process, error)
}

/// A conflict with the state of a task; [`with_author`] adds who brought it there.
pub(crate) fn conflict(process: &Process, task: &Task, obstacle: Option<Obstacle>) -> Error {
    Error::from(Box::new(Conflict {
        task: task.id(),
        node: task.node.clone(),
        status: task.status,
        process_status: process.status,
        by: None,
        at: None,
        obstacle,
        of_task: task.status.is_final() && !task.resting,
    }))
}

/// A conflict that says who changed the task that is in the way.
pub(crate) fn with_author<C: FlowConnection>(conn: &mut C, process: i64, error: Error) -> Error {
    Authors::of(process).add(conn, error)
}

/// Who brought the tasks of a process, or the process itself, where they are: each is read once.
pub(super) struct Authors {
    process: i64,
    known: BTreeMap<Option<i32>, Option<(String, Timestamp)>>,
}

impl Authors {
    pub(super) fn of(process: i64) -> Self {
        Authors { process, known: BTreeMap::new() }
    }

    /// Of a task, whose author is known.
    pub(super) fn with(mut self, task: i32, author: Option<(String, Timestamp)>) -> Self {
        self.known.insert(Some(task), author);
        self
    }

    /// A conflict with who is behind it.
    pub(super) fn add<C: FlowConnection>(&mut self, conn: &mut C, error: Error) -> Error {
        match error {
            Error::Conflict(mut conflict) if conflict.by.is_none() && !conflict.is_of_process() => {
                let is_open = conflict.process_status == ProcessStatus::New;
                let task = Some(conflict.task.number());
                let in_the_way = task.filter(|_| is_open && conflict.obstacle != Some(Obstacle::Suspended));
                let mut author = self.author(conn, in_the_way, is_open);
                // The conflict names who did the task, not the engine that then ended the process.
                let is_engine =
                    |author: &Option<(String, Timestamp)>| author.as_ref().is_some_and(|(actor, _)| actor == FLOW);
                conflict.of_task &= !is_open && is_engine(&author);
                if conflict.of_task {
                    let of_task = self.author(conn, task, is_open);
                    conflict.of_task = of_task.is_some() && !is_engine(&of_task);
                    author = if conflict.of_task { of_task } else { author };
                }
                (conflict.by, conflict.at) = author.unzip();
                Error::Conflict(conflict)
            }
            error => error,
        }
    }

    /// Who brought a task where it is, or the process.
    fn author<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        task: Option<i32>,
        is_open: bool,
    ) -> Option<(String, Timestamp)> {
        let process = self.process;
        let author = self.known.entry(task).or_insert_with(|| {
            let row = match task {
                Some(task) => conn.store().last_change(process, task),
                None => conn.store().last_turn(process, is_open),
            };
            row.ok().flatten().map(|row| (row.actor, row.at))
        });
        author.clone()
    }
}
