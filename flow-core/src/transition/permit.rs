//! Who may do what: asked inside the transaction, before the state of the task is looked at, so that an unauthorized
//! caller learns nothing about it.

use flow_graph::{Node, NodeId};

use super::perform::Target;
use super::verb::{Verb, Who};
use crate::flow::{NodeDef, Rule, node};
use crate::store::Store as _;
use crate::{Error, Flow, Permission, Result, User};

/// Most bytes of the id of a person.
const LONGEST_ID: usize = 200;

/// Refuses an id that cannot be stored, or that would make a task of nobody.
pub(crate) fn identified(user: &dyn User) -> Result<()> {
    storable(user.id())
}

/// Refuses the id of a person that cannot be stored.
pub(super) fn storable(id: &str) -> Result<()> {
    if id.is_empty() || id.len() > LONGEST_ID || id.contains('\0') {
        return Err(Error::invalid(
            "user",
            format!("a user id must have 1 to {LONGEST_ID} bytes and no NUL character"),
        ));
    }
    Ok(())
}

/// Refuses a person without permission to start a process at this node.
pub(crate) fn may_start<F: Flow>(user: &dyn User, at: NodeId) -> Result<()> {
    identified(user)?;
    let (node, def) = node::<F>(at)?;
    let allowed = match &def.rule {
        Rule::Start(allows) => allows(user).map_err(|source| Error::of_step(node.name, source))? || user.is_system(),
        rule => passes_by_name(rule, user, F::GRAPH.name, node.name).unwrap_or(false),
    };
    if allowed { Ok(()) } else { Err(denied::<F>(user, Verb::Start, node, &def.rule)) }
}

/// Refuses a person without permission to use this verb on a task.
pub(super) fn check<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    verb: Verb,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<()> {
    match verb.rule().who {
        Who::Doer | Who::Assigned => may_do(conn, user, verb, at, target),
        Who::AssignedOrManager => {
            let task = &target.task;
            let owner = task.owner.as_deref();
            if owner.is_none_or(|owner| owner == user.id()) || user.manages(F::GRAPH.name) {
                return Ok(());
            }
            let reason = format!("it is assigned to `{}`", owner.unwrap_or_default());
            Err(Error::denied(user, format!("{verb} task {}", task.id()), reason))
        }
        Who::Starter | Who::Engine => Err(Error::Internal(format!("{verb} is not a verb of people"))),
    }
}

/// Refuses who lacks permission to do a task. Four eyes come first, and bind code too. Then the person that the flow
/// assigned may, and whoever passes the rule of the node.
pub(crate) fn may_do<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    verb: Verb,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<()> {
    let (node, def) = node::<F>(at)?;
    four_eyes::<F>(conn, user, verb, (node, def), target.process.id)?;
    let nominee = target.task.nominee.as_deref().filter(|_| assigns(def));
    if nominee == Some(user.id()) || user.is_system() {
        return Ok(());
    }
    let offered = match def.callback(flow_graph::Slot::Candidates) {
        Some(_) => Some(conn.store().is_candidate(target.process.id, target.task.number, user.id(), &user.groups())?),
        None => None,
    };
    if offered == Some(false) {
        let reason = "it is offered to others".to_owned();
        return Err(Error::denied(user, format!("{verb} `{}.{}`", F::GRAPH.name, node.name), reason));
    }
    let allowed = match &def.rule {
        // It is offered to them, and no other rule was given.
        Rule::Managers if offered.is_some() => true,
        // Whoever is named needs no rule, and without a rule nobody else may.
        Rule::Managers if nominee.is_some() => {
            let reason = format!("it is assigned to `{}`", nominee.unwrap_or_default());
            return Err(Error::denied(user, format!("{verb} `{}.{}`", F::GRAPH.name, node.name), reason));
        }
        Rule::Task(allows) => {
            let (loaded, task) = target.loaded(conn)?;
            let answer = allows(user, &mut loaded.cx(task, conn));
            answer.map_err(|source| Error::of_step(node.name, source))?
        }
        rule => passes_by_name(rule, user, F::GRAPH.name, node.name).unwrap_or(false),
    };
    if allowed { Ok(()) } else { Err(denied::<F>(user, verb, node, &def.rule)) }
}

/// Refuses a person who did a task of a node that must have been done by somebody else, in any branch and round.
fn four_eyes<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    verb: Verb,
    (node, def): (&Node<'_>, &NodeDef<F>),
    process: i64,
) -> Result<()> {
    for other in def.different_from {
        if conn.store().did_task(process, &F::GRAPH.names(*other).collect::<Vec<_>>(), user.id())? {
            let other = F::GRAPH.node(*other).map_or("?", |node| node.name);
            let reason = format!("the same person did `{other}` (`different_from`)");
            return Err(Error::denied(user, format!("{verb} `{}.{}`", F::GRAPH.name, node.name), reason));
        }
    }
    Ok(())
}

/// Whether the flow names who does a task of this node.
pub(crate) fn assigns<F: Flow>(def: &NodeDef<F>) -> bool {
    def.owner_of.is_some() || def.callback(flow_graph::Slot::Assignee).is_some()
}

/// What a rule that looks at no task says; `None` where it must see the task.
pub(crate) fn passes_by_name<F: Flow>(
    rule: &Rule<F>,
    user: &dyn User,
    flow: &'static str,
    node: &'static str,
) -> Option<bool> {
    match rule {
        Rule::Managers => Some(user.manages(flow)),
        Rule::Anyone => Some(true),
        Rule::Auto => Some(user.may(&Permission::auto(flow, node))),
        Rule::Named(name) => Some(user.may(&Permission::new(*name, flow, node))),
        Rule::Task(_) | Rule::Start(_) => None,
    }
}

fn denied<F: Flow>(user: &dyn User, verb: Verb, node: &Node<'_>, rule: &Rule<F>) -> Error {
    let (flow, node) = (F::GRAPH.name, node.name);
    let reason = match rule {
        Rule::Managers => format!("only managers of `{flow}` are allowed"),
        Rule::Auto => format!("it requires the permission `{flow}.{node}`"),
        Rule::Named(name) => format!("it requires the permission `{name}`"),
        Rule::Anyone | Rule::Task(_) | Rule::Start(_) => {
            "the permission method of the flow does not allow it".to_owned()
        }
    };
    tracing::info!(user = user.id(), flow, node, verb = verb.as_str(), "denied");
    Error::denied(user, format!("{verb} `{flow}.{node}`"), reason)
}
