//! How much is open, at which node and with whom: for those who manage flows.

use std::collections::BTreeMap;

use super::Flows;
use crate::store::{FlowConnection, Store as _};
use crate::{Result, TaskStatus, Timestamp, User, clock};

/// Open tasks of one node that are in the same status and with the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenTasks {
    /// The stored name of the flow, as it is now.
    pub flow: &'static str,
    /// The stored name of the node, as it is now; as it is stored if the code has no such node.
    pub node: String,
    /// Their status.
    pub status: TaskStatus,
    /// The id of the person whom they are assigned to.
    pub owner: Option<String>,
    /// How many there are.
    pub count: i64,
    /// When the oldest of them was made.
    pub oldest: Timestamp,
    /// How many of them were due before now.
    pub overdue: i64,
}

impl<C: FlowConnection> Flows<C> {
    /// How many tasks are open in the flows that this person manages, by node, status and owner: one statement, which
    /// looks at every open task of these flows.
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
    /// for _ in 0..3 {
    ///     LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// }
    /// let open = FLOWS.workload(&mut conn, &anna)?;
    /// assert_eq!((open.len(), open[0].node.as_str(), open[0].count), (1, "approve", 3));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn workload(&self, conn: &mut C, user: &dyn User) -> Result<Vec<OpenTasks>> {
        let managed = self.all().iter().filter(|flow| user.is_system() || user.manages(flow.graph().name));
        let names: Vec<&str> = managed.flat_map(|flow| flow.graph().flow_names()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        // A flow and a node may have had other names.
        let mut groups: BTreeMap<(&'static str, String, &'static str, Option<String>), OpenTasks> = BTreeMap::new();
        for row in conn.store().open_groups(&names, clock::now())? {
            let Some(graph) = self.find(&row.flow).map(|flow| flow.graph()) else { continue };
            let node =
                graph.find(&row.node).and_then(|id| graph.node(id)).map_or(row.node, |node| node.name.to_owned());
            let Some(oldest) = row.oldest else { continue };
            let key = (graph.name, node.clone(), row.status.as_str(), row.owner.clone());
            let group = groups.entry(key).or_insert(OpenTasks {
                flow: graph.name,
                node,
                status: row.status,
                owner: row.owner,
                count: 0,
                oldest,
                overdue: 0,
            });
            group.count += row.count;
            group.overdue += row.overdue;
            group.oldest = group.oldest.min(oldest);
        }
        Ok(groups.into_values().collect())
    }
}
