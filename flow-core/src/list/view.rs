//! One process as somebody may see it.

use super::ProcessRow;
use crate::data::Document;
use crate::store::{AuditRow, FlowConnection, Store as _};
use crate::{Error, Flows, Process, ProcessId, Result, Task, TaskId, Timestamp, User};

/// A process that somebody may see: its row, its tasks, and what happened to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProcessView {
    /// The process, with its texts.
    pub row: ProcessRow,
    /// Its tasks, by number.
    pub tasks: Vec<Task>,
    /// What happened to it, in order.
    pub history: Vec<AuditRow>,
}

impl ProcessView {
    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        self.row.process()
    }
}

/// A task of a process that somebody may see.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskView {
    /// The process, with its texts.
    pub row: ProcessRow,
    /// The task.
    pub task: Task,
    /// What happened to the task, in order.
    pub history: Vec<AuditRow>,
    /// Who sees it, and what they have half filled in.
    pub(crate) draft: (String, Option<Document>),
    /// Who brought the task to its status, and when.
    pub(crate) author: Option<(String, Timestamp)>,
}

impl TaskView {
    /// Whether the user who sees it has half filled in its form: see [`Flows::draft`].
    #[must_use]
    pub fn has_draft(&self) -> bool {
        self.draft.1.is_some()
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        self.row.process()
    }
}

impl<C: FlowConnection> Flows<C> {
    /// A process, if this person may see it: by the rules of
    /// [`visible_to`](super::FindProcesses::visible_to).
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow(view("can_see_leave"))]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// struct Person(&'static str, bool);
    ///
    /// impl User for Person {
    ///     fn id(&self) -> &str { self.0 }
    ///     fn may(&self, permission: &Permission) -> bool { self.1 && permission.name() == "can_see_leave" }
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &Person("anna", false), ())?;
    ///     assert_eq!(FLOWS.view(&mut conn, &Person("anna", false), process.id())?.history.len(), 1, "she started it");
    ///     assert!(FLOWS.view(&mut conn, &Person("ben", true), process.id()).is_ok(), "he has the permission");
    ///     assert!(FLOWS.view(&mut conn, &Person("carl", false), process.id()).is_err());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `NotFound` for what the person may not see, in the same words as for what does not exist; `Invalid` for a person
    /// whose id cannot be stored; `Database`.
    pub fn view(&self, conn: &mut C, user: &dyn User, id: impl Into<ProcessId>) -> Result<ProcessView> {
        let id = id.into();
        let row = self.view_row(conn, user, id)?;
        let tasks = conn.store().tasks(id.get())?;
        let history = conn.store().history(id.get())?;
        Ok(ProcessView { row, tasks, history })
    }

    /// The row of a process, if this person may see it, as [`view`](Flows::view). Neither its tasks nor its history are
    /// read, however many there are.
    ///
    /// # Errors
    /// As [`view`](Flows::view).
    pub fn view_row(&self, conn: &mut C, user: &dyn User, id: impl Into<ProcessId>) -> Result<ProcessRow> {
        let id = id.into();
        let page = self.find_processes().ids([id]).visible_to(user).load(conn)?;
        page.rows.into_iter().next().ok_or_else(|| Error::NotFound { what: format!("process {id}") })
    }

    /// A task, if this person may see its process, as [`view`](Flows::view). Other tasks of the process are not read.
    ///
    /// # Errors
    /// As [`view`](Flows::view).
    pub fn view_task(&self, conn: &mut C, user: &dyn User, id: TaskId) -> Result<TaskView> {
        let missing = || Error::NotFound { what: format!("task {id}") };
        let row = self.view_row(conn, user, id.process()).map_err(|error| match error {
            Error::NotFound { .. } => missing(),
            error => error,
        })?;
        let (task, draft) = conn.store().task_with_draft(id, user.id())?.ok_or_else(missing)?;
        let mut history = conn.store().history_of_task(id)?;
        let number = id.number();
        let last = history.iter().rev().find(|row| row.changes().iter().any(|(task, _)| *task == number));
        let author = last.map(|row| (row.actor.clone(), row.at));
        history.retain(|row| row.task == Some(number));
        let draft = draft.filter(|_| task.finished.is_none());
        Ok(TaskView { row, task, history, draft: (user.id().to_owned(), draft), author })
    }
}
