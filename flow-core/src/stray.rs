//! Rows that the code does not know: another version wrote them, or a flow or node is gone.

use crate::store::FlowConnection;
use crate::{Flows, Process, ProcessStatus, Result, Task, TaskId, TaskStatus};

/// Longest list that [`Flows::check`] gives.
const LIST: i64 = 1_000;

/// An open process or task that these flows cannot go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stray {
    /// The process.
    pub process: i64,
    /// The task, if it is one.
    pub task: Option<TaskId>,
    /// The stored name of the flow.
    pub flow: String,
    /// The stored name of the node, if it is a task.
    pub node: Option<String>,
    /// What is not known.
    pub why: StrayReason,
}

/// What is not known of a [`Stray`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StrayReason {
    /// No flow of the list has this name, nor had it.
    Flow,
    /// The flow has no node of this name.
    Node,
    /// The status is a word that this version does not know.
    Status,
}

impl<C: FlowConnection> Flows<C> {
    /// Lists open processes and tasks that these flows cannot go on with: their flow or node is not known, or
    /// their status is another version's. At most 1,000 of each flow, the oldest first.
    ///
    /// Call it when the app starts, or in a deployment check: such a row waits for ever. `was = ["old_name"]` on
    /// a node makes its old rows readable.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// let mut conn = flow_core::sqlite::open(":memory:")?;
    /// FLOWS.migrate(&mut conn)?;
    /// assert_eq!(FLOWS.check(&mut conn)?, []);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn check(&self, conn: &mut C) -> Result<Vec<Stray>> {
        let flows: Vec<&str> = self.graphs().map(|graph| graph.name).collect();
        let processes = conn.stray_processes(&flows, LIST)?;
        let mut found: Vec<Stray> = processes.iter().map(|row| Stray::of_process(row, &flows)).collect();
        for graph in self.graphs() {
            let names = graph.nodes.iter().flat_map(|node| std::iter::once(node.name).chain(node.was.iter().copied()));
            let names: Vec<&str> = names.collect();
            let tasks = conn.stray_tasks(graph.name, &names, LIST)?;
            found.extend(tasks.iter().map(|row| Stray::of_task(row, &names)));
        }
        Ok(found)
    }
}

impl Stray {
    fn of_process(row: &Process, flows: &[&str]) -> Self {
        let known = flows.contains(&row.flow()) && row.status() == ProcessStatus::Unknown;
        let why = if known { StrayReason::Status } else { StrayReason::Flow };
        Stray { process: row.id(), task: None, flow: row.flow().to_owned(), node: None, why }
    }

    fn of_task(row: &Task, nodes: &[&str]) -> Self {
        let known = nodes.contains(&row.node()) && row.status() == TaskStatus::Unknown;
        let why = if known { StrayReason::Status } else { StrayReason::Node };
        let node = Some(row.node().to_owned());
        Stray { process: row.id().process(), task: Some(row.id()), flow: row.flow().to_owned(), node, why }
    }
}
