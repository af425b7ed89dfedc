//! Who may do what: asked inside the transaction, before the state of the task is looked at, so that an unauthorized
//! caller learns nothing about it.

use flow_graph::NodeId;

use super::perform::Target;
use super::verb::{Verb, Who};
use crate::error::Reason;
use crate::flow::{NodeDef, Rule, node};
use crate::store::Store as _;
use crate::{Error, Flow, Permission, Refusal, Result, Task, User};

/// The maximum length of a user id, in bytes.
const LONGEST_ID: usize = 200;

/// Rejects a user id that cannot be stored, or that would look like no owner; and a user who acts for somebody whom
/// they do not stand in for.
pub(crate) fn identified(user: &dyn User) -> Result<()> {
    storable(user.id())?;
    let Some((person, allowed)) = user.represents() else { return Ok(()) };
    storable(person.id())?;
    if allowed {
        return Ok(());
    }
    let text = format!("`{}` does not stand in for `{}`", user.id(), person.id());
    let reason = Reason::new(Refusal::NoDeputy(person.id().to_owned()), text);
    Err(Error::denied(user, format!("act for `{}`", person.id()), reason))
}

/// Whose permissions count: the person in whose name somebody acts, but not as a manager.
pub(crate) struct Represented<'u>(pub(crate) &'u dyn User);

impl User for Represented<'_> {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn may(&self, permission: &Permission) -> bool {
        self.0.may(permission)
    }

    fn groups(&self) -> Vec<&str> {
        self.0.groups()
    }
}

/// The ids of those who act: the person, and the one in whose name they do.
fn ids(user: &dyn User) -> impl Iterator<Item = &str> {
    [Some(user.id()), user.represents().map(|(person, _)| person.id())].into_iter().flatten()
}

/// Whether a task is assigned to this person, or to the one in whose name they act.
pub(super) fn owns(user: &dyn User, task: &Task) -> bool {
    let owner = task.owner.as_deref();
    match user.represents() {
        None => owner == Some(user.id()),
        Some((person, _)) => {
            owner == Some(person.id()) || owner == Some(user.id()) && task.on_behalf_of.as_deref() == Some(person.id())
        }
    }
}

/// Refuses the id of a person that cannot be stored.
pub(crate) fn storable(id: &str) -> Result<()> {
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
    let represented = user.represents().map(|(person, _)| Represented(person));
    let rights: &dyn User = represented.as_ref().map_or(user, |person| person);
    if let Some(available) = def.available {
        let available = available(rights).map_err(|source| Error::of_step(node.name, source))?;
        if !available && !user.is_system() {
            let reason = Reason::new(Refusal::NotAvailable, "it is not available to them");
            return Err(Error::denied(user, format!("{} `{}.{}`", Verb::Start, F::GRAPH.name, node.name), reason));
        }
    }
    let allowed = match &def.rule {
        // `available` passed, and the node has no other rule.
        Rule::Managers if def.available.is_some() => true,
        Rule::Start(allows) => allows(rights).map_err(|source| Error::of_step(node.name, source))? || user.is_system(),
        rule => passes_by_name(rule, rights, F::GRAPH.name, node.name).unwrap_or(false),
    };
    if allowed {
        return Ok(());
    }
    let (flow, node) = (F::GRAPH.name, node.name);
    tracing::info!(user = user.id(), flow, node, "denied to start");
    Err(Error::denied(user, format!("{} `{flow}.{node}`", Verb::Start), reason_of(&def.rule, flow, node)))
}

/// Refuses a person without permission to use this verb on a task.
pub(super) fn check<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    verb: Verb,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<()> {
    let manages = user.manages(F::GRAPH.name);
    let task = &target.task;
    let reason = match verb.rule().who {
        Who::Doer | Who::Assigned => return may_do(conn, user, verb, at, target),
        Who::Manager | Who::ManagerOrRule if manages => return Ok(()),
        Who::Manager | Who::ManagerOrRule => {
            Reason::new(Refusal::NotManager, format!("only managers of `{}` may", F::GRAPH.name))
        }
        // A task without an owner cannot be released: the state check says so.
        Who::AssignedOrManager if manages || owns(user, task) => return Ok(()),
        Who::AssignedOrManager if task.owner.is_none() && verb == Verb::Unassign => return Ok(()),
        Who::AssignedOrManager => match &task.owner {
            Some(owner) => Reason::assigned_to(owner),
            None => {
                let text = format!("only managers of `{}` may, as long as it is assigned to nobody", F::GRAPH.name);
                Reason::new(Refusal::NotManager, text)
            }
        },
        Who::Starter | Who::Anyone | Who::Engine => {
            return Err(Error::Internal(format!("{verb} is not a verb of people")));
        }
    };
    Err(Error::denied(user, format!("{verb} task {}", task.id()), reason))
}

/// Refuses a person to whom a task cannot be given: they must be one who may do it, or whoever is named where the flow
/// names somebody and has no other rule.
pub(super) fn may_be_given<F: Flow>(
    conn: &mut F::Connection,
    to: &dyn User,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<()> {
    identified(to)?;
    let def = node::<F>(at)?.1;
    let offered = def.callback(flow_graph::Slot::Candidates).is_some();
    if assigns(def) && matches!(def.rule, Rule::Managers) && !offered {
        return allowed_unless::<F>(four_eyes::<F>(conn, to, def, target.process.id)?, to, Verb::Assign, at);
    }
    may_do(conn, to, Verb::Assign, at, target)
}

/// Refuses who lacks permission to do a task.
pub(crate) fn may_do<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    verb: Verb,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<()> {
    let reason = match target.answers.find(user) {
        Some(known) => known,
        None => {
            let reason = reason_not_to_do(conn, user, at, target)?;
            target.answers.keep(user, reason.clone());
            reason
        }
    };
    allowed_unless::<F>(reason, user, verb, at)
}

/// Refuses what there is a reason against.
fn allowed_unless<F: Flow>(reason: Option<Reason>, user: &dyn User, verb: Verb, at: NodeId) -> Result<()> {
    match reason {
        None => Ok(()),
        Some(reason) => {
            let node = node::<F>(at)?.0.name;
            Err(Error::denied(user, format!("{verb} `{}.{node}`", F::GRAPH.name), reason))
        }
    }
}

/// Why somebody lacks permission to do a task. Four eyes come first, and bind code too. Then the person that the flow
/// assigned may, and whoever passes the rule of the node.
fn reason_not_to_do<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    at: NodeId,
    target: &mut Target<F>,
) -> Result<Option<Reason>> {
    let (node, def) = node::<F>(at)?;
    if let Some(reason) = four_eyes::<F>(conn, user, def, target.process.id)? {
        return Ok(Some(reason));
    }
    let represented = user.represents().map(|(person, _)| Represented(person));
    let rights: &dyn User = represented.as_ref().map_or(user, |person| person);
    let nominee = target.task.nominee.as_deref().filter(|_| assigns(def));
    if nominee == Some(rights.id()) || user.is_system() {
        return Ok(None);
    }
    let offered = match def.callback(flow_graph::Slot::Candidates) {
        Some(_) => {
            Some(conn.store().is_candidate(target.process.id, target.task.number, rights.id(), &rights.groups())?)
        }
        None => None,
    };
    if offered == Some(false) {
        return Ok(Some(Reason::new(Refusal::OfferedToOthers, "it is offered to others")));
    }
    let allowed = match &def.rule {
        // A candidate, and the node has no other rule.
        Rule::Managers if offered.is_some() => true,
        // `assign` named somebody, who was accepted above; without another rule nobody else may.
        Rule::Managers if nominee.is_some() => {
            return Ok(nominee.map(Reason::assigned_to));
        }
        Rule::Task(allows) => {
            let (loaded, task) = target.loaded(conn)?;
            let answer = allows(rights, &mut loaded.cx(task, conn));
            answer.map_err(|source| Error::of_step(node.name, source))?
        }
        rule => passes_by_name(rule, rights, F::GRAPH.name, node.name).unwrap_or(false),
    };
    Ok((!allowed).then(|| reason_of(&def.rule, F::GRAPH.name, node.name)))
}

/// Why a person is excluded who did a task of a node that must have been done by somebody else, in any branch and round;
/// or for whom it was done.
fn four_eyes<F: Flow>(
    conn: &mut F::Connection,
    user: &dyn User,
    def: &NodeDef<F>,
    process: i64,
) -> Result<Option<Reason>> {
    if def.different_from.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = def.different_from.iter().flat_map(|other| F::GRAPH.names(*other)).collect();
    let done = conn.store().node_done_by(process, &names, &ids(user).collect::<Vec<_>>())?;
    let other = done.map(|stored| {
        let current = F::GRAPH.find(&stored).and_then(|id| F::GRAPH.node(id));
        current.map_or(stored, |node| node.name.to_owned())
    });
    Ok(other.map(|other| {
        let text = format!("the same person did `{other}` (`different_from`)");
        Reason::new(Refusal::SamePerson(other), text)
    }))
}

/// Whether the flow names who does a task of this node.
pub(crate) fn assigns<F: Flow>(def: &NodeDef<F>) -> bool {
    def.owner_of.is_some() || def.callback(flow_graph::Slot::Assignee).is_some()
}

/// What a rule that looks at no task says; `None` where it must see the task.
pub(crate) fn may_receive<F: Flow>(user: &dyn User, at: NodeId) -> bool {
    let Ok((node, def)) = node::<F>(at) else { return false };
    let represented = user.represents().map(|(person, _)| Represented(person));
    let rights: &dyn User = represented.as_ref().map_or(user, |person| person);
    user.is_system() || passes_by_name(&def.rule, rights, F::GRAPH.name, node.name) == Some(true)
}

/// Whether a rule that names a permission lets somebody; `None` of one that is code.
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

/// What a rule says to those whom it does not let.
fn reason_of<F: Flow>(rule: &Rule<F>, flow: &str, node: &str) -> Reason {
    let requires = |name: String| {
        let text = format!("it requires the permission `{name}`");
        Reason::new(Refusal::Permission(name), text)
    };
    match rule {
        Rule::Managers => Reason::new(Refusal::NotManager, format!("only managers of `{flow}` are allowed")),
        Rule::Auto => requires(format!("{flow}.{node}")),
        Rule::Named(name) => requires((*name).to_owned()),
        Rule::Anyone | Rule::Task(_) | Rule::Start(_) => {
            Reason::new(Refusal::Rule, "the permission method of the flow does not allow it")
        }
    }
}
