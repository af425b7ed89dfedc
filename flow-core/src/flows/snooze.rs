//! Tasks that a user does not want to see for some time.

use super::Flows;
use crate::store::{FlowConnection, Store as _};
use crate::{Error, Result, TaskId, Timestamp, User, clock};

impl<C: FlowConnection> Flows<C> {
    /// Hides a task from the inbox and the queue of this user until a time. Nothing else changes: the task stays
    /// assigned, its timeouts go on, and everybody else sees it. A time that has passed shows it again.
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
    /// # let anna = System("anna");
    /// # LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// let task = FLOWS.queue(&mut conn, &anna)?[0].id();
    /// FLOWS.snooze(&mut conn, task, &anna, flow_core::clock::now() + days(2))?;
    /// assert!(FLOWS.queue(&mut conn, &anna)?.is_empty());
    /// assert_eq!(FLOWS.queue(&mut conn, &System("ben"))?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Denied` if the user neither owns the task nor may claim it; `Conflict` if it is done or cancelled; `NotFound` if
    /// it is not a task of a `View`.
    pub fn snooze(&self, conn: &mut C, task: TaskId, user: &dyn User, until: Timestamp) -> Result<()> {
        conn.atomically(|conn| {
            self.hold_expected(conn, task, user)?;
            self.open_work(conn, task, user)?;
            if until <= clock::now() {
                conn.store().unsnooze(task, user.id())?;
            } else {
                conn.store().snooze(task, user.id(), until)?;
            }
            Ok::<(), Error>(())
        })
    }
}
