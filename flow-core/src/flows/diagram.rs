//! Pictures of processes: what the rows say, drawn on the flow's diagram.

use std::collections::HashMap;

use flow_graph::diagram::{self, State, SvgOptions};
use flow_graph::{Graph, Kind, NodeId};

use super::Flows;
use crate::store::{FlowConnection, Store as _};
use crate::{Error, Flow, ProcessId, ProcessView, Result, Task, TaskStatus};

impl<C: FlowConnection> Flows<C> {
    /// What a process has done of its flow: the tasks of each node by where they stand, and the edges that were taken.
    /// The table beside a picture. Nobody is asked whether a person may see it: whoever shows it does.
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn state_of(&self, conn: &mut C, process: impl Into<ProcessId>) -> Result<State> {
        let process = self.process(conn, process)?;
        let graph = self.get(&process.flow)?.graph();
        Ok(of_tasks(graph, &conn.store().tasks(process.id)?))
    }

    /// As [`state_of`](Flows::state_of), of a process whose tasks are known already.
    ///
    /// # Errors
    /// `NotFound` if it is of no flow of the list.
    pub fn state_of_view(&self, view: &ProcessView) -> Result<State> {
        Ok(of_tasks(self.get(&view.process().flow)?.graph(), &view.tasks))
    }

    /// The diagram of a process as SVG: where it is, what it has done and how often, which edges it took. Nobody is
    /// asked whether a person may see it: whoever shows it does.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: Start,
    ///     #[node(permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &System("me"), ())?;
    ///     let svg = FLOWS.svg_of(&mut conn, process.id())?;
    ///     assert!(svg.contains("Open: Approve"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn svg_of(&self, conn: &mut C, process: impl Into<ProcessId>) -> Result<String> {
        let process = self.process(conn, process)?;
        let graph = self.get(&process.flow)?.graph();
        Ok(draw(graph, &of_tasks(graph, &conn.store().tasks(process.id)?)))
    }
}

/// As [`Flows::state_of`], of one flow.
#[doc(hidden)]
pub fn state_of<F: Flow>(conn: &mut F::Connection, process: ProcessId) -> Result<State> {
    let row = conn.store().process(process.get())?.filter(|row| F::GRAPH.is_named(&row.flow));
    let row = row.ok_or_else(|| Error::NotFound { what: format!("process {process}") })?;
    Ok(of_tasks(F::GRAPH, &conn.store().tasks(row.id)?))
}

/// As [`Flows::svg_of`], of one flow.
#[doc(hidden)]
pub fn svg_of<F: Flow>(conn: &mut F::Connection, process: ProcessId) -> Result<String> {
    Ok(draw(F::GRAPH, &state_of::<F>(conn, process)?))
}

fn draw(graph: &Graph<'_>, state: &State) -> String {
    diagram::svg_with(graph, &SvgOptions::default().state(state))
}

/// What the rows of a process say.
pub(crate) fn of_tasks(graph: &Graph<'_>, tasks: &[Task]) -> State {
    let mut state = State::new(graph);
    let nodes: HashMap<i32, NodeId> =
        tasks.iter().filter_map(|task| Some((task.number, graph.find(&task.node)?))).collect();
    let mut arrived: HashMap<i32, i32> = HashMap::new();
    for task in tasks {
        let Some(node) = nodes.get(&task.number).copied() else {
            state.unknown += 1;
            continue;
        };
        if let Some(tasks) = state.nodes.get_mut(usize::from(node)) {
            match task.status {
                TaskStatus::Done => tasks.done += 1,
                TaskStatus::Error => tasks.error += 1,
                TaskStatus::Canceled | TaskStatus::Revived => tasks.canceled += 1,
                TaskStatus::New
                | TaskStatus::Assigned
                | TaskStatus::Scheduled
                | TaskStatus::Started
                | TaskStatus::Unknown => tasks.open += 1,
            }
        }
        // A boundary was armed with its host; no edge leads to it.
        if let Some(before) = task.previous.filter(|_| task.host.is_none()) {
            take(graph, &mut state, nodes.get(&before), node, 1);
        }
        // A handler was led to by the boundary of the task that it compensates.
        if let Some(done) = task.compensates().and_then(|done| nodes.get(&done.number())) {
            let boundary = graph.node(*done).and_then(|node| {
                let is_it = |id: &&NodeId| graph.node(**id).is_some_and(|node| node.kind == Kind::CompensationBoundary);
                node.boundaries.iter().find(is_it)
            });
            take(graph, &mut state, boundary, node, 1);
        }
        // In a split's row, `joined` is the join that continued early.
        if let Some(join) = task.joined.filter(|_| task.kind != "Split") {
            *arrived.entry(join).or_default() += 1;
            if let Some(to) = nodes.get(&join) {
                take(graph, &mut state, Some(&node), *to, 1);
            }
        }
    }
    // A branch that leads from a split straight to its join has no row of its own: the join has counted it.
    let joins = tasks.iter().filter(|task| task.kind == "Join" || task.task_type == "JOIN");
    for join in joins {
        let (Some(split), Some(node)) = (join.scope, nodes.get(&join.number)) else { continue };
        let straight = join.open_tokens - arrived.get(&join.number).copied().unwrap_or(0);
        take(graph, &mut state, nodes.get(&split), *node, u32::try_from(straight).unwrap_or(0));
    }
    state
}

/// The process has gone so often from one node to another.
fn take(graph: &Graph<'_>, state: &mut State, from: Option<&NodeId>, to: NodeId, times: u32) {
    let Some((from, node)) = from.and_then(|from| Some((usize::from(*from), graph.node(*from)?))) else { return };
    let Some(taken) = state.taken.get_mut(from) else { return };
    for (count, edge) in taken.iter_mut().zip(node.edges) {
        if edge.to == to {
            *count += times;
        }
    }
}
