//! The rows that a compensation is about.

use std::collections::BTreeSet;

use flow_graph::{Kind, NodeId};

use super::UnitOfWork;
use crate::Result;
use crate::engine::TaskState;
use crate::store::{FlowConnection, Store as _};

impl UnitOfWork {
    /// The tasks whose node has a compensation handler, the throws and the handlers' tasks, in the order in which they
    /// were done: those that are planned, too.
    pub(super) fn compensation<C: FlowConnection>(&mut self, conn: &mut C, process: i64) -> Result<Vec<TaskState>> {
        let graph = self.graph;
        let concerned: Vec<NodeId> = graph
            .ids()
            .filter(|id| {
                let throws = graph.node(*id).is_some_and(|node| node.kind == Kind::CompensateThrow);
                throws || graph.handler(*id).is_some()
            })
            .collect();
        if self.inserted {
            let names: Vec<&str> = concerned.iter().flat_map(|id| graph.names(*id)).collect();
            let known: BTreeSet<i32> = self.tasks.iter().map(|tracked| tracked.task.number).collect();
            let rows = conn.store().compensation_tasks(process, &names)?;
            for row in rows.into_iter().filter(|row| !known.contains(&row.number)) {
                self.read(row);
            }
        }
        let concerns =
            |tracked: &&super::Tracked| concerned.contains(&tracked.node) || tracked.task.compensates().is_some();
        let mut tasks: Vec<&super::Tracked> = self.tasks.iter().filter(concerns).collect();
        tasks.sort_by_key(|tracked| (tracked.task.finished, tracked.task.number));
        Ok(tasks.into_iter().map(super::Tracked::state).collect())
    }

    /// A throw, and the first open ones of its tasks behind number `after`: as they were, if they are known.
    pub(super) fn handlers<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        process: i64,
        (throw, after, most): (i32, i32, u32),
    ) -> Result<Vec<TaskState>> {
        let mut states = Vec::new();
        for row in conn.store().handlers(process, throw, after, most)? {
            states.push(match self.position(row.number) {
                Some(at) => self.tasks[at].state(),
                None => self.read(row),
            });
        }
        Ok(states)
    }
}
