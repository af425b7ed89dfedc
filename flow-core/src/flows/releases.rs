//! Which releases processes in flight were started under, and where they are.

use super::Flows;
use crate::Result;
use crate::store::{FlowConnection, Store as _};

/// Open tasks of one node in processes of one release: see [`Flows::releases`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenPlace {
    /// The stored name of the flow, as the processes have it.
    pub flow: String,
    /// The release that the processes were started under; 0: before releases were counted.
    pub release: i32,
    /// The stored name of the node, as the tasks have it.
    pub node: String,
    /// How many tasks are open there: of people, jobs, timers, armed timeouts, and joins that wait.
    pub tasks: i64,
}

impl<C: FlowConnection> Flows<C> {
    /// Counts the open tasks of open processes by release and node, sorted by flow, release and node.
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
    /// let mut conn = flow_core::sqlite::open(":memory:")?;
    /// FLOWS.migrate(&mut conn)?;
    /// LeaveFlow.start.run(&mut conn, &System("me"), ())?;
    /// let open = FLOWS.releases(&mut conn)?;
    /// assert_eq!((open[0].release, &*open[0].node, open[0].tasks), (0, "approve", 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn releases(&self, conn: &mut C) -> Result<Vec<OpenPlace>> {
        let found = conn.store().open_places(&self.names())?;
        let place = |(flow, release, node, tasks)| OpenPlace { flow, release, node, tasks };
        Ok(found.into_iter().map(place).collect())
    }
}
