//! One verb on many rows: each in its own transition, with a result of its own.

use super::Flows;
use crate::store::FlowConnection;
use crate::transition::Verb;
use crate::transition::permit;
use crate::{Cursor, Error, Process, ProcessId, Result, Task, TaskId, TaskOrder, TaskStatus, User};

/// Most rows of one call.
pub(crate) const MOST: usize = 1_000;

/// Refuses more rows than one call takes.
fn capped<T>(rows: &[T]) -> Result<()> {
    if rows.len() > MOST {
        return Err(Error::invalid("ids", format!("has {} rows, at most {MOST} are allowed", rows.len())));
    }
    Ok(())
}

impl<C: FlowConnection> Flows<C> {
    /// Assigns each of these tasks to a person. One that is refused stops no other. At most 1,000.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let anna = System("anna");
    ///     let mut tasks = Vec::new();
    ///     for _ in 0..2 {
    ///         let process = LeaveFlow.start.run(&mut conn, &anna, Default::default())?;
    ///         tasks.push(LeaveFlow.approve.tasks().of(process.id()).one(&mut conn)?.id());
    ///     }
    ///     let results = FLOWS.assign_each(&mut conn, &tasks, &anna)?;
    ///     assert!(results.iter().all(|(_, result)| result.is_ok()));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn assign_each(&self, conn: &mut C, tasks: &[TaskId], user: &dyn User) -> Result<Vec<(TaskId, Result<Task>)>> {
        capped(tasks)?;
        Ok(tasks.iter().map(|task| (*task, self.assign(conn, *task, user))).collect())
    }

    /// Gives each of these tasks to another person, as [`reassign`](Flows::reassign). At most 1,000.
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn reassign_each(
        &self,
        conn: &mut C,
        tasks: &[TaskId],
        user: &dyn User,
        to: &dyn User,
    ) -> Result<Vec<(TaskId, Result<Task>)>> {
        capped(tasks)?;
        Ok(tasks.iter().map(|task| (*task, self.reassign(conn, *task, user, to))).collect())
    }

    /// Gives all open tasks of a person to another one, each in its own transition. What the other person may not do
    /// stays where it is, and its result says why.
    ///
    /// # Errors
    /// `Database`. What is wrong with one row is its result.
    pub fn reassign_all(
        &self,
        conn: &mut C,
        user: &dyn User,
        from: &str,
        to: &dyn User,
    ) -> Result<Vec<(TaskId, Result<Task>)>> {
        permit::storable(from)?;
        let mut results = Vec::new();
        let mut after = None;
        loop {
            let list = self.find_tasks().owner(from).status(TaskStatus::Assigned).order(TaskOrder::Oldest);
            let list = if let Some(last) = after { list.after(Cursor::behind(last)) } else { list };
            let tasks = list.ids(conn, MOST)?;
            results.extend(self.reassign_each(conn, &tasks, user, to)?);
            // What is refused stays, so the next ones are looked for behind it.
            match tasks.last() {
                Some(last) if tasks.len() == MOST => after = Some(*last),
                _ => return Ok(results),
            }
        }
    }

    /// Cancels each of these processes, as [`cancel`](Flows::cancel). At most 1,000.
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn cancel_each(
        &self,
        conn: &mut C,
        processes: &[impl Into<ProcessId> + Copy],
        user: &dyn User,
    ) -> Result<Vec<(ProcessId, Result<Process>)>> {
        capped(processes)?;
        let ids = processes.iter().map(|process| (*process).into());
        Ok(ids.map(|process| (process, self.cancel(conn, process, user))).collect())
    }

    /// Tries each of these tasks once more, as [`retry`](Flows::retry). At most 1,000.
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn retry_each(&self, conn: &mut C, tasks: &[TaskId], user: &dyn User) -> Result<Vec<(TaskId, Result<Task>)>> {
        self.on_each(conn, Verb::Retry, tasks, user)
    }

    /// Replaces each of these tasks by a new one, as [`revive`](Flows::revive). At most 1,000.
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn revive_each(&self, conn: &mut C, tasks: &[TaskId], user: &dyn User) -> Result<Vec<(TaskId, Result<Task>)>> {
        self.on_each(conn, Verb::Revive, tasks, user)
    }

    /// Cancels each of these tasks, as [`cancel_task`](Flows::cancel_task). At most 1,000.
    ///
    /// # Errors
    /// `Invalid` for more than 1,000. What is wrong with one row is its result.
    pub fn cancel_task_each(
        &self,
        conn: &mut C,
        tasks: &[TaskId],
        user: &dyn User,
    ) -> Result<Vec<(TaskId, Result<Task>)>> {
        self.on_each(conn, Verb::CancelTask, tasks, user)
    }

    fn on_each(
        &self,
        conn: &mut C,
        verb: Verb,
        tasks: &[TaskId],
        user: &dyn User,
    ) -> Result<Vec<(TaskId, Result<Task>)>> {
        capped(tasks)?;
        Ok(tasks.iter().map(|task| (*task, self.on_task(conn, verb, *task, user))).collect())
    }
}
