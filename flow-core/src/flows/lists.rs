//! Task lists: inbox and queue.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flow_graph::NodeId;

use super::Flows;
use crate::flow::node;
use crate::store::{FlowConnection, Store as _};
use crate::transition::perform::{Target, knows_kind};
use crate::transition::{Verb, permit};
use crate::{Error, Flow, Result, Task, User};

/// Longest list that [`Flows::inbox`] and [`Flows::queue`] return.
const LIST: usize = 200;

/// How many tasks are read at once where a rule of the flow's is asked about each.
const PAGE: i64 = 200;

impl<C: FlowConnection> Flows<C> {
    /// The inbox: open tasks that are assigned to this user, the oldest first, at most 200.
    ///
    /// # Errors
    /// `Database`; `Invalid` if the id of the user cannot be stored.
    pub fn inbox(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        permit::identified(user)?;
        Ok(conn.store().inbox(&self.names(), user.id(), i64::try_from(LIST).unwrap_or(i64::MAX))?)
    }

    /// The queue: unassigned tasks that this user may claim, the oldest first, at most 200.
    ///
    /// A permission method is called for one task after another until there are 200. If it fails or panics for a task,
    /// only that task is missing from the list, and the error is reported with `tracing`.
    ///
    /// # Errors
    /// `Database`; `Invalid` if the id of the user cannot be stored.
    pub fn queue(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        permit::identified(user)?;
        let mut tasks = Vec::new();
        for flow in self.all() {
            tasks.extend(flow.queue(conn, user)?);
        }
        tasks.sort_unstable_by_key(Task::id);
        tasks.truncate(LIST);
        Ok(tasks)
    }
}

/// The oldest tasks of one flow that this person may do.
pub(super) fn queue<F: Flow>(conn: &mut F::Connection, user: &dyn User) -> Result<Vec<Task>> {
    let flows: Vec<&str> = F::GRAPH.flow_names().collect();
    let (mut certain, mut asked) = (Vec::new(), Vec::new());
    for id in F::GRAPH.ids() {
        let (node, def) = node::<F>(id)?;
        if !node.kind.is_human() || node.kind.begins() {
            continue;
        }
        let passes = permit::passes_by_name(&def.rule, user, F::GRAPH.name, node.name);
        // Whoever is assigned by the flow and released the task may take it again, whatever the rule says.
        let assigns = def.owner_of.is_some() || def.callback(flow_graph::Slot::Assignee).is_some();
        match passes {
            _ if user.is_system() && def.different_from.is_empty() => certain.extend(F::GRAPH.names(id)),
            Some(true) if def.different_from.is_empty() && !assigns => certain.extend(F::GRAPH.names(id)),
            Some(false) if !assigns => {}
            _ => asked.push(id),
        }
    }
    let mut tasks = pages::<F>(conn, &flows, &certain, |_, _, _| Ok(true))?;
    for id in asked {
        let names: Vec<&str> = F::GRAPH.names(id).collect();
        tasks.extend(pages::<F>(conn, &flows, &names, |conn, id, task| may_take::<F>(conn, user, id, task))?);
    }
    tasks.sort_unstable_by_key(Task::id);
    tasks.truncate(LIST);
    Ok(tasks)
}

/// The oldest tasks of these nodes that are wanted. One whose node is of another kind now cannot be done by anybody.
fn pages<F: Flow>(
    conn: &mut F::Connection,
    flows: &[&str],
    names: &[&str],
    mut wanted: impl FnMut(&mut F::Connection, NodeId, &Task) -> Result<bool>,
) -> Result<Vec<Task>> {
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < LIST && !names.is_empty() {
        let page = conn.store().queue(flows, names, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id());
        let more = i64::try_from(page.len()).is_ok_and(|count| count == PAGE);
        for task in page {
            let id = F::GRAPH.find(&task.node);
            let known = id.filter(|id| F::GRAPH.node(*id).is_some_and(|node| knows_kind(node.kind, &task)));
            if let Some(id) = known
                && wanted(conn, id, &task)?
            {
                found.push(task);
            }
        }
        if !more {
            break;
        }
    }
    Ok(found)
}

/// Whether a person may take this task. A rule that fails, a rule that panics and a document that cannot be read hide
/// their own task, and not the list.
fn may_take<F: Flow>(conn: &mut F::Connection, user: &dyn User, at: NodeId, task: &Task) -> Result<bool> {
    let Some(process) = conn.store().process(task.process_id)? else { return Ok(false) };
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let mut target = Target::<F>::new(process, task.clone());
        permit::may_do(conn, user, Verb::Assign, at, &mut target)
    }));
    match asked {
        Ok(Ok(())) => Ok(true),
        Ok(Err(Error::Denied { .. })) => Ok(false),
        Ok(Err(error @ Error::Database(_))) => Err(error),
        Ok(Err(error)) => {
            tracing::warn!(task = %task.id(), %error, "a task is missing from a queue");
            Ok(false)
        }
        Err(_) => {
            tracing::warn!(task = %task.id(), "a task is missing from a queue: its rule panicked");
            Ok(false)
        }
    }
}
