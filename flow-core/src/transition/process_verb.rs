//! What is done to a whole process: cancel, suspend, resume, comment.

use flow_graph::Kind;

use super::actor::{LONGEST_NOTE, storable};
use super::conflict::refused;
use super::permit::Represented;
use super::verb::{Verb, Who};
use super::{Actor, Cause, Hooks, UnitOfWork, cancel, deny, permit};
use crate::engine::{Obstacle, Run};
use crate::error::Reason;
use crate::store::{FlowConnection, Locking, Store as _};
use crate::transition::drive::{Frame, drive};
use crate::transition::loaded::RowOnly;
use crate::transition::verb::Mode;
use crate::{
    Conflict, Error, FieldError, FieldErrorKind, Flow, Process, ProcessStatus, Refusal, Result, TaskId, TaskStatus,
    User, clock, in_step, proxy,
};

/// A person does something to a process. Returns its row as it is then.
pub(crate) fn perform<F: Flow>(conn: &mut F::Connection, verb: Verb, id: i64, user: &dyn User) -> Result<Process> {
    permit::identified(user)?;
    in_step::refuse(conn, id, verb.as_str())?;
    let outcome = conn.transition(true, |conn, locking| {
        let process = find::<F>(conn, id, locking)?;
        check::<F>(conn, verb, &process, user)?;
        let actor = Actor::of(user);
        match verb {
            Verb::Cancel => cancel::cancel::<F>(conn, process, locking, actor, |_| ()),
            Verb::Suspend | Verb::ResumeProcess => suspend::<F>(conn, verb, process, locking, actor),
            _ => Err(Error::Internal(format!("`{verb}` is not done to a process"))),
        }
    });
    outcome.map_err(|error| refused(conn, id, user, verb, None, error))
}

/// Writes a comment into the history of a process.
pub(crate) fn comment<F: Flow>(conn: &mut F::Connection, id: i64, user: &dyn User, text: &str) -> Result<()> {
    permit::identified(user)?;
    in_step::refuse(conn, id, Verb::Comment.as_str())?;
    if text.trim().is_empty() {
        return Err(Error::Invalid(vec![FieldError::of(FieldErrorKind::Empty, "comment", "is empty")]));
    }
    let length = text.chars().count();
    if length > LONGEST_NOTE {
        let message = format!("is {length} characters long, at most {LONGEST_NOTE} are allowed");
        return Err(Error::Invalid(vec![FieldError::of(FieldErrorKind::TooLong, "comment", message)]));
    }
    conn.atomically(|conn| {
        find::<F>(conn, id, Locking::Optimistic)?;
        let mut row = deny::row(id, &Actor::of(user), Verb::Comment, None);
        row.note = Some(storable(text));
        Ok(conn.store().add_audit(row)?)
    })
}

/// The process, if it is one of this flow.
pub(super) fn find<F: Flow>(conn: &mut F::Connection, id: i64, locking: Locking) -> Result<Process> {
    let found = conn.store().read_process(id, locking)?.filter(|row| F::GRAPH.is_named(&row.flow));
    found.ok_or_else(|| Error::NotFound { what: format!("process {id} of `{}`", F::GRAPH.name) })
}

/// Refuses what this person may not do, or what the state of the process does not allow.
pub(super) fn check<F: Flow>(conn: &mut F::Connection, verb: Verb, process: &Process, user: &dyn User) -> Result<()> {
    let name = F::GRAPH.name;
    // Authorization before state, as for tasks; the flow's rule is called for open processes only.
    if !user.manages(name) {
        let rule = F::CANCEL.filter(|_| verb.rule().who == Who::ManagerOrRule);
        let reason = match rule {
            None => Reason::new(Refusal::NotManager, format!("only managers of `{name}` may")),
            Some(_) if process.status != ProcessStatus::New => return in_state(conn, verb, process),
            Some(rule) => {
                let tasks = conn.store().open_tasks(process.id)?;
                let typed = proxy::load::<F::Process, _>(process.clone(), conn)?;
                let represented = user.represents().map(|(person, _)| Represented(person));
                let rights: &dyn User = represented.as_ref().map_or(user, |person| person);
                match rule(rights, &typed, &tasks).map_err(|source| conflict_of(process, source))? {
                    true => return in_state(conn, verb, process),
                    false => Reason::new(Refusal::Rule, "the flow's rule does not allow it"),
                }
            }
        };
        return Err(Error::denied(user, format!("{verb} process {}", process.id), reason));
    }
    in_state(conn, verb, process)
}

/// What a rule returned: `StepError::conflict(&task)` is a conflict that names the task.
fn conflict_of(process: &Process, source: crate::StepError) -> Error {
    match source.as_conflict() {
        Some(conflict) => Error::from(Box::new(Conflict { process_status: process.status, ..conflict.clone() })),
        None => Error::of_step("cancel", source),
    }
}

/// Refuses a process in whose state the verb is not possible, and says who brought it there.
fn in_state<C: FlowConnection>(conn: &mut C, verb: Verb, process: &Process) -> Result<()> {
    let suspended = process.suspended.is_some();
    let (possible, obstacle) = match verb {
        Verb::Suspend => (!suspended, Some(Obstacle::Suspended)),
        Verb::ResumeProcess => (suspended, Some(Obstacle::NotSuspended)),
        _ => (true, None),
    };
    let open = process.status == ProcessStatus::New;
    if open && possible {
        return Ok(());
    }
    let last = conn.store().last_turn(process.id, open)?;
    Err(Error::from(Box::new(Conflict {
        task: TaskId::new(process.id, 0),
        node: String::new(),
        status: TaskStatus::Unknown,
        process_status: process.status,
        by: last.as_ref().map(|row| row.actor.clone()),
        at: last.as_ref().map(|row| row.at),
        obstacle: obstacle.filter(|_| open),
        of_task: false,
    })))
}

fn suspend<F: Flow>(
    conn: &mut F::Connection,
    verb: Verb,
    mut process: Process,
    locking: Locking,
    actor: Actor,
) -> Result<Process> {
    let now = clock::now();
    let work = UnitOfWork::open(F::GRAPH, now, &process, locking);
    process.suspended = (verb == Verb::Suspend).then_some(now);
    let run = Run::idle(F::GRAPH, work.process_state());
    if verb == Verb::ResumeProcess && F::GRAPH.nodes.iter().any(|node| node.kind == Kind::MessageCatch) {
        // What came meanwhile was kept.
        conn.store().wake_catches(process.id, now)?;
    }
    let cause = Cause { actor, verb, subject: None };
    let frame = Frame { subject: Box::new(RowOnly(process)), work, run, cause, hooks: Hooks::of::<F>() };
    Ok(drive(conn, frame, Mode::Foreground)?.subject.row().clone())
}
