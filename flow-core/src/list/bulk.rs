//! One verb on all rows of a list: each in its own transition, with a result of its own.

use super::{FindProcesses, FindTasks};
use crate::flows::MOST_AT_ONCE as MOST;
use crate::store::FlowConnection;
use crate::{Flows, Process, ProcessId, Result, Task, TaskId, User};

/// What became of each task.
type OfTasks = Vec<(TaskId, Result<Task>)>;

impl<'u, C: FlowConnection> FindTasks<'u, C> {
    /// What a verb is used on.
    fn found(self, conn: &mut C, most: usize) -> Result<(&'u Flows<C>, Vec<TaskId>)> {
        let flows = self.flows;
        Ok((flows, self.ids(conn, most.min(MOST))?))
    }

    /// Assigns each task of the list to a person, but no more than `most` and no more than 1,000, in the order of the
    /// list. One that is refused stops no other, and is still in the list.
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
    ///     for _ in 0..3 {
    ///         LeaveFlow.start.run(&mut conn, &anna, Default::default())?;
    ///     }
    ///     let taken = FLOWS.find_tasks().queue_of(&anna).node("approve").assign(&mut conn, &anna, 2)?;
    ///     assert!(taken.len() == 2 && taken.iter().all(|(_, result)| result.is_ok()));
    ///     assert_eq!(FLOWS.find_tasks().queue_of(&anna).count(&mut conn, 10)?, 1);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`load`](FindTasks::load). What is wrong with one row is its result.
    pub fn assign(self, conn: &mut C, user: &dyn User, most: usize) -> Result<OfTasks> {
        let (flows, tasks) = self.found(conn, most)?;
        flows.assign_each(conn, &tasks, user)
    }

    /// Gives each task of the list to another person, as [`assign`](FindTasks::assign).
    ///
    /// # Errors
    /// As [`load`](FindTasks::load). What is wrong with one row is its result.
    pub fn reassign(self, conn: &mut C, user: &dyn User, to: &dyn User, most: usize) -> Result<OfTasks> {
        let (flows, tasks) = self.found(conn, most)?;
        flows.reassign_each(conn, &tasks, user, to)
    }

    /// Cancels each task of the list, as [`assign`](FindTasks::assign).
    ///
    /// # Errors
    /// As [`load`](FindTasks::load). What is wrong with one row is its result.
    pub fn cancel(self, conn: &mut C, user: &dyn User, most: usize) -> Result<OfTasks> {
        let (flows, tasks) = self.found(conn, most)?;
        flows.cancel_task_each(conn, &tasks, user)
    }

    /// Tries each task of the list once more, as [`assign`](FindTasks::assign): `FLOWS.find_tasks().errors().retry(..)`.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load). What is wrong with one row is its result.
    pub fn retry(self, conn: &mut C, user: &dyn User, most: usize) -> Result<OfTasks> {
        let (flows, tasks) = self.found(conn, most)?;
        flows.retry_each(conn, &tasks, user)
    }

    /// Replaces each task of the list by a new one, as [`assign`](FindTasks::assign).
    ///
    /// # Errors
    /// As [`load`](FindTasks::load). What is wrong with one row is its result.
    pub fn revive(self, conn: &mut C, user: &dyn User, most: usize) -> Result<OfTasks> {
        let (flows, tasks) = self.found(conn, most)?;
        flows.revive_each(conn, &tasks, user)
    }
}

impl<C: FlowConnection> FindProcesses<'_, C> {
    /// Cancels each process of the list, but no more than `most` and no more than 1,000, in the order of the list. One
    /// that is refused stops no other. What is cancelled stays in the list, unless it is one of
    /// [`open`](FindProcesses::open) processes.
    ///
    /// # Errors
    /// As [`load`](FindProcesses::load). What is wrong with one row is its result.
    pub fn cancel(self, conn: &mut C, user: &dyn User, most: usize) -> Result<Vec<(ProcessId, Result<Process>)>> {
        let flows = self.flows;
        let processes = self.numbers(conn, most.min(MOST))?;
        flows.cancel_each(conn, &processes, user)
    }
}
