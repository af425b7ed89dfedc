//! Inbox and queue as short forms: [`find_tasks`](Flows::find_tasks) has filters and pages.

use super::Flows;
use crate::store::FlowConnection;
use crate::{Cursor, Result, Task, User};

/// Longest list that [`Flows::inbox`] and [`Flows::queue`] return, and the size of the pages that they read.
const LIST: usize = 200;

impl<C: FlowConnection> Flows<C> {
    /// The inbox: open tasks that are assigned to this user, the oldest first, at most 200.
    ///
    /// # Errors
    /// `Database`; `Invalid` if the id of the user cannot be stored.
    pub fn inbox(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        let page = self.find_tasks().inbox_of(user).page_size(LIST).load(conn)?;
        Ok(page.into_iter().map(|row| row.task).collect())
    }

    /// The queue: unassigned tasks that this user may claim, the oldest first, at most 200.
    ///
    /// A permission method is called for one page of tasks after another until there are 200. If it fails or panics for
    /// a task, only that task is missing from the list, and the error is reported with `tracing`.
    ///
    /// # Errors
    /// `Database`; `Invalid` if the id of the user cannot be stored.
    pub fn queue(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        let mut next: Option<Cursor> = None;
        loop {
            let list = self.find_tasks().queue_of(user).page_size(LIST);
            let page = match next {
                Some(cursor) => list.after(cursor).load(conn)?,
                None => list.load(conn)?,
            };
            tasks.extend(page.rows.into_iter().map(|row| row.task));
            next = page.next;
            if next.is_none() || tasks.len() >= LIST {
                tasks.truncate(LIST);
                return Ok(tasks);
            }
        }
    }
}
