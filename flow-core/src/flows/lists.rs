//! Whose tasks are whose, in short: inbox and queue. [`find_tasks`](Flows::find_tasks) has filters and pages.

use super::Flows;
use crate::store::FlowConnection;
use crate::{Cursor, Result, Task, User};

/// Longest list that [`Flows::inbox`] and [`Flows::queue`] return, and the size of the pages that they read.
const LIST: usize = 200;

impl<C: FlowConnection> Flows<C> {
    /// The tasks that are assigned to this person, the oldest first, at most 200.
    ///
    /// # Errors
    /// `Database`; `Invalid` for a person whose id cannot be stored.
    pub fn inbox(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        let page = self.find_tasks().inbox_of(user).page_size(LIST).load(conn)?;
        Ok(page.into_iter().map(|row| row.task).collect())
    }

    /// The tasks that nobody is assigned to and this person may do, the oldest first, at most 200.
    ///
    /// Where a method of the flow decides, it is asked about one page after another until there are 200. One that fails
    /// or panics for a task costs that task alone, and is reported to `tracing`.
    ///
    /// # Errors
    /// `Database`; `Invalid` for a person whose id cannot be stored.
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
