//! What is asked before anything is changed: is it there, may they, is it still open.

use flow_graph::NodeId;

use super::host::Live;
use crate::flow::{Rule, node};
use crate::store::{FlowConnection, Hold, Store as _};
use crate::{Conflict, Error, Flow, Permission, Process, ProcessStatus, Result, Task, TaskId, TaskStatus, User};

/// The process, and the task of this node in it.
pub(super) fn find<F: Flow>(conn: &mut F::Connection, id: TaskId, at: NodeId, hold: Hold) -> Result<(Process, Task)> {
    let (node, _) = node::<F>(at)?;
    let graph = F::GRAPH;
    let missing = || Error::NotFound { what: format!("task {id} of `{}.{}`", graph.name, node.name) };
    conn.read(id.process(), id.number(), hold)?
        .filter(|(process, task)| process.flow == graph.name && task.flow == graph.name)
        .filter(|(_, task)| graph.find(&task.node) == Some(at))
        .ok_or_else(missing)
}

/// Refuses a task that is no longer in one of these states, and says who brought it where it is.
pub(super) fn in_state<C: FlowConnection>(
    conn: &mut C,
    process: &Process,
    task: &Task,
    states: &[TaskStatus],
) -> Result<()> {
    if process.status == ProcessStatus::New && states.contains(&task.status) {
        return Ok(());
    }
    let last = conn.last_change(process.id, task.number)?;
    Err(Error::from(Box::new(Conflict {
        task: task.id(),
        node: task.node.clone(),
        status: task.status,
        process_status: process.status,
        by: last.as_ref().map(|row| row.actor.clone()),
        at: last.map(|row| row.at),
    })))
}

/// Refuses a person who may not start a process here.
pub(crate) fn may_start<F: Flow>(user: &dyn User, at: NodeId) -> Result<()> {
    let (node, def) = node::<F>(at)?;
    let allowed = match &def.rule {
        Rule::Start(allows) => allows(user),
        rule => allowed_by_name(rule, user, F::GRAPH.name, node.name).unwrap_or(false),
    };
    check(allowed, &def.rule, user, "start", F::GRAPH.name, node.name)
}

/// Refuses a person who may not do this task.
pub(super) fn may_do<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    at: NodeId,
    verb: &'static str,
    live: &mut Live<F>,
    task: &mut Task,
) -> Result<()> {
    let (node, def) = node::<F>(at)?;
    let allowed = match &def.rule {
        Rule::Task(allows) => {
            allows(user, &mut live.cx(task, conn)).map_err(|source| Error::Step { node: node.name, source })?
        }
        rule => allowed_by_name(rule, user, F::GRAPH.name, node.name).unwrap_or(false),
    };
    check(allowed, &def.rule, user, verb, F::GRAPH.name, node.name)
}

/// Refuses a person who may not take a task of this node, where the rule looks at no task.
pub(super) fn may_take<F: Flow>(user: &dyn User, at: NodeId) -> Result<()> {
    let (node, def) = node::<F>(at)?;
    let allowed = allowed_by_name(&def.rule, user, F::GRAPH.name, node.name).unwrap_or(false);
    check(allowed, &def.rule, user, "assign", F::GRAPH.name, node.name)
}

/// Whether a person may take this task, by a rule that looks at it.
pub(crate) fn may_take_task<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    at: NodeId,
    task: &Task,
) -> Result<bool> {
    let Some(process) = conn.process(task.process_id)? else { return Ok(false) };
    // A document that cannot be read hides its own task, not the list.
    let mut live = match Live::<F>::load(process, None, conn) {
        Ok(live) => live,
        Err(Error::Data(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let allowed = may_do::<F>(conn, user, at, "assign", &mut live, &mut task.clone());
    match allowed.and_then(|()| differs::<F>(conn, user, at, task.process_id, "assign")) {
        Ok(()) => Ok(true),
        Err(Error::Denied { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Refuses a person who did one of the nodes that this one must be done by another than.
pub(super) fn differs<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    at: NodeId,
    process: i64,
    verb: &'static str,
) -> Result<()> {
    let (node, def) = node::<F>(at)?;
    for other in def.different_from {
        let Some(other) = F::GRAPH.node(*other) else { continue };
        let names: Vec<&str> = std::iter::once(other.name).chain(other.was.iter().copied()).collect();
        if conn.last_owner(process, &names)?.as_deref() == Some(user.id()) {
            let reason = format!("who did `{}` may not", other.name);
            return Err(Error::denied(user, format!("{verb} `{}.{}`", F::GRAPH.name, node.name), reason));
        }
    }
    Ok(())
}

/// What a rule that looks at no task says; `None` where it must see the task.
pub(crate) fn allowed_by_name<F: Flow>(
    rule: &Rule<F>,
    user: &dyn User,
    flow: &'static str,
    node: &'static str,
) -> Option<bool> {
    match rule {
        Rule::Managers => Some(user.manages(flow)),
        Rule::Anyone => Some(true),
        Rule::Auto => Some(user.may(&Permission::auto(flow, node))),
        Rule::Named(name) => Some(user.may(&Permission::named(name, flow, node))),
        Rule::Task(_) | Rule::Start(_) => None,
    }
}

fn check<F: Flow>(
    allowed: bool,
    rule: &Rule<F>,
    user: &dyn User,
    verb: &str,
    flow: &'static str,
    node: &'static str,
) -> Result<()> {
    if allowed {
        return Ok(());
    }
    let reason = match rule {
        Rule::Managers => format!("only managers of `{flow}` may"),
        Rule::Auto => format!("it needs the permission `{flow}.{node}`"),
        Rule::Named(name) => format!("it needs the permission `{name}`"),
        Rule::Anyone | Rule::Task(_) | Rule::Start(_) => "the flow's rule does not allow it".to_owned(),
    };
    tracing::info!(user = user.id(), flow, node, verb, "denied");
    Err(Error::denied(user, format!("{verb} `{flow}.{node}`"), reason))
}
