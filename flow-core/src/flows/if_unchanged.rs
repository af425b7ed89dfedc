//! What is done to a task only if it is as the caller has seen it.

use flow_graph::NodeId;

use super::Flows;
use crate::engine::Obstacle;
use crate::store::{FlowConnection, Store as _};
use crate::transition::Verb;
use crate::transition::conflict::{conflict, with_author};
use crate::transition::perform::Request;
use crate::{Error, Result, Task, TaskId, TaskTag, TaskView, User, sabotage};

impl<C: FlowConnection> Flows<C> {
    /// What this person sees of a task now, to give it to [`if_unchanged`](Flows::if_unchanged) later.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn tag(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<TaskTag> {
        Ok(self.seen(conn, task, user)?.0)
    }

    /// As [`tag`](Flows::tag), of a task that was read already.
    ///
    /// # Errors
    /// `Database`.
    pub fn tag_in(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<TaskTag> {
        let draft = self.draft_in(conn, view, user)?;
        let fields = self.fields(view.task.flow(), view.task.node());
        Ok(TaskTag::of(fields, view.process(), &view.task, draft.as_ref()))
    }

    /// These flows, where whatever is done to a task by its id is refused with a `Conflict` and
    /// [`Obstacle::Changed`](crate::Obstacle::Changed) if the task is not as the caller has seen it: `If-Match` of HTTP.
    /// It is compared in the transaction that changes the task, so that of two who have seen the same one succeeds. For
    /// the verbs of tasks, for drafts and for `snooze`.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(anyone), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// # let (anna, ben) = (System("anna"), System("ben"));
    /// # LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// # let task = FLOWS.queue(&mut conn, &anna)?[0].id();
    /// FLOWS.assign(&mut conn, task, &anna)?;
    /// let seen = FLOWS.tag(&mut conn, task, &anna)?;
    /// FLOWS.reassign(&mut conn, task, &anna, &ben)?;
    /// let late = FLOWS.if_unchanged(seen).reassign(&mut conn, task, &anna, &System("carl"));
    /// assert!(late.unwrap_err().to_string().contains("changed"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn if_unchanged(mut self, seen: TaskTag) -> Self {
        self.expected = Some(seen);
        self
    }

    /// What is done to a task of a node.
    pub(super) fn asked<'r>(&self, verb: Verb, at: NodeId, id: TaskId, user: &'r dyn User) -> Request<'r> {
        Request { verb, at, id, user, to: None, expected: self.expected }
    }

    /// Refuses a task that is not as the caller has seen it, and keeps it so until the transaction ends.
    pub(super) fn hold_expected(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<()> {
        let Some(expected) = self.expected else { return Ok(()) };
        conn.store().lock_process(task.process())?;
        let (found, row) = self.seen(conn, task, user)?;
        if found == expected || sabotage::is_out("if_match") {
            return Ok(());
        }
        let process = self.process(conn, task.process())?;
        Err(with_author(conn, task.process(), conflict(&process, &row, Some(Obstacle::Changed))))
    }

    fn seen(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<(TaskTag, Task)> {
        let row = self.task(conn, task)?;
        let process = self.process(conn, task.process())?;
        let draft = conn.store().draft(task, user.id())?;
        let fields = self.fields(row.flow(), row.node());
        Ok::<_, Error>((TaskTag::of(fields, &process, &row, draft.as_ref()), row))
    }
}
