//! Where a person goes on after a task: to the next one that is theirs, here before elsewhere.

use flow_core::{FlowConnection, ProcessId, Result, TaskId, WaitsFor};

use crate::visit::Visit;

/// The address of what comes next in a process: one's own task of it, one that can be taken, one of a process that it
/// has started, one of the process that has started it; else the inbox.
pub(super) fn after<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    process: ProcessId,
    done: &str,
) -> Result<String> {
    let mut look = vec![process];
    for place in visit.flows().explain(conn, process)?.places {
        if let WaitsFor::Child(Some(child)) = place.waits_for {
            look.push(child.into());
        }
    }
    if let Some(parent) = visit.flows().process(conn, process)?.parent() {
        look.push(parent.process().into());
    }
    for process in look {
        if let Some(task) = in_process(visit, conn, process)? {
            return Ok(format!("/tasks/{task}?done={done}"));
        }
    }
    Ok(format!("/?done={done}"))
}

fn in_process<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, process: ProcessId) -> Result<Option<TaskId>> {
    let flows = visit.flows();
    let own = flows.find_tasks().inbox_of(visit.user()).of(process).page_size(1).load(conn)?;
    if let Some(row) = own.rows.first() {
        return Ok(Some(row.id()));
    }
    let free = flows.find_tasks().queue_of(visit.user()).of(process).page_size(10).load(conn)?;
    Ok(free.rows.first().map(flow_core::TaskRow::id))
}
