//! One way to use a verb: read, check, plan, write.

use flow_graph::NodeId;

use super::drive::{Frame, drive};
use super::loaded::{Loaded, RowOnly, Subject};
use super::verb::{Verb, Who};
use super::{Cause, Input, UnitOfWork, permit};
use crate::engine::{Event, Run};
use crate::flow::node;
use crate::in_step;
use crate::store::{FlowConnection, Locking, Store as _};
use crate::{Conflict, Error, Flow, Process, ProcessStatus, Result, Task, TaskId, TaskStatus, User, clock};

/// A process and the task that something is done to.
pub(crate) struct Target<F: Flow> {
    pub(crate) process: Process,
    pub(crate) task: Task,
    /// The process as its flow's own type, once somebody needed it.
    loaded: Option<Loaded<F>>,
}

/// What became of it.
pub(crate) struct Performed<F: Flow> {
    /// The task that something was done to, as it is now.
    pub(crate) task: Task,
    /// A task failed in the background.
    pub(crate) failed: bool,
    loaded: Option<Loaded<F>>,
}

impl<F: Flow> Target<F> {
    pub(crate) fn new(process: Process, task: Task) -> Self {
        Target { process, task, loaded: None }
    }

    /// The process as its flow's own type, and the task.
    pub(crate) fn loaded(&mut self, conn: &mut F::Connection) -> Result<(&mut Loaded<F>, &mut Task)> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => Loaded::load(self.process.clone(), conn)?,
        };
        Ok((self.loaded.insert(loaded), &mut self.task))
    }

    /// Plans what this event leads to, and writes it. `change` changes the row of the task, and what is due, beside
    /// what the event does.
    pub(crate) fn perform(
        mut self,
        conn: &mut F::Connection,
        locking: Locking,
        (verb, event): (Verb, Event),
        actor: &str,
        input: Option<Box<dyn std::any::Any>>,
        change: impl FnOnce(&mut UnitOfWork),
    ) -> Result<Performed<F>> {
        let rule = verb.rule();
        let mut work = UnitOfWork::open(F::GRAPH, clock::now(), &self.process, locking);
        let state = work.read(self.task);
        let run = Run::resume(F::GRAPH, work.process_state(), state, event);
        change(&mut work);
        let subject: Box<dyn Subject<F::Connection>> = if rule.runs_code {
            let loaded = match self.loaded.take() {
                Some(loaded) => loaded,
                None => Loaded::<F>::load(self.process, conn)?,
            };
            Box::new(loaded.with_input(input))
        } else {
            Box::new(RowOnly(self.process))
        };
        let cause = Cause { actor: actor.to_owned(), verb, subject: Some(0) };
        let frame = drive(conn, Frame { subject, work, run, cause }, rule.mode)?;
        let task = frame.work.task(0).clone();
        let failed = frame.work.has_failed();
        let loaded = frame.subject.into_any().downcast::<Loaded<F>>().ok().map(|loaded| *loaded);
        Ok(Performed { task, failed, loaded })
    }
}

impl<F: Flow> Performed<F> {
    /// The process as it is now.
    pub(crate) fn into_process(self) -> Result<F::Process> {
        let loaded = self.loaded.ok_or_else(|| Error::Internal("the process was not loaded".to_owned()))?;
        loaded.into_process()
    }
}

/// A person, or code that acts for itself, does something to a task of this node.
pub(crate) fn perform<F: Flow>(
    conn: &mut F::Connection,
    verb: Verb,
    at: NodeId,
    id: TaskId,
    user: &dyn User,
    mut input: Input,
) -> Result<Performed<F>> {
    permit::identified(user)?;
    in_step::refuse(conn, id.process(), verb.as_str())?;
    conn.transition(input.repeatable(), |conn, locking| {
        let mut target = find::<F>(conn, id, at, locking)?;
        permit::check(conn, user, verb, at, &mut target)?;
        in_state(conn, &target.process, &target.task, verb)?;
        if verb.rule().who == Who::Assigned && target.task.owner.as_deref() != Some(user.id()) {
            let reason = match &target.task.owner {
                Some(owner) => format!("it is assigned to `{owner}`"),
                None => "it is not assigned; assign it first".to_owned(),
            };
            return Err(Error::denied(user, format!("{verb} task {id}"), reason));
        }
        let (event, input) = match verb {
            Verb::Assign => (Event::Assign, None),
            Verb::Unassign => (Event::Unassign, None),
            Verb::Execute | Verb::Run => (Event::Complete, input.take(locking)?),
            Verb::Start | Verb::Claim | Verb::Complete | Verb::Fail | Verb::Timeout | Verb::Resume | Verb::Cancel => {
                return Err(Error::Internal(format!("`{verb}` is not done to a task by a person")));
            }
        };
        let now = clock::now();
        target.perform(conn, locking, (verb, event), user.id(), input, |work| match verb {
            Verb::Assign => {
                let task = work.touch(0);
                task.owner = Some(user.id().to_owned());
                task.assigned = Some(now);
            }
            Verb::Unassign => {
                let task = work.touch(0);
                task.owner = None;
                task.assigned = None;
            }
            _ => {}
        })
    })
}

/// The process, and the task of this node in it.
pub(super) fn find<F: Flow>(conn: &mut F::Connection, id: TaskId, at: NodeId, locking: Locking) -> Result<Target<F>> {
    let (node, _) = node::<F>(at)?;
    let graph = F::GRAPH;
    let missing = || Error::NotFound { what: format!("task {id} of `{}.{}`", graph.name, node.name) };
    conn.store()
        .read(id.process(), id.number(), locking)?
        .filter(|(process, task)| graph.is_named(&process.flow) && graph.is_named(&task.flow))
        .filter(|(_, task)| graph.find(&task.node) == Some(at) && knows_kind(node.kind, task))
        .map(|(process, task)| Target::new(process, task))
        .ok_or_else(missing)
}

/// Whether a task is of the kind that its node has in this version of the code. A row of the first schema may not say.
pub(crate) fn knows_kind(kind: flow_graph::Kind, task: &Task) -> bool {
    task.kind.is_empty() || task.kind == kind.name()
}

/// Refuses a task that is not in a state from which this verb is possible, and says who brought it where it is.
fn in_state<C: FlowConnection>(conn: &mut C, process: &Process, task: &Task, verb: Verb) -> Result<()> {
    if process.status == ProcessStatus::New && verb.rule().from.contains(&task.status) {
        return Ok(());
    }
    Err(conflict(conn, process, task)?)
}

pub(super) fn conflict<C: FlowConnection>(conn: &mut C, process: &Process, task: &Task) -> Result<Error> {
    let last = conn.store().last_change(process.id, task.number)?;
    Ok(Error::from(Box::new(Conflict {
        task: task.id(),
        node: task.node.clone(),
        status: task.status,
        process_status: process.status,
        by: last.as_ref().map(|row| row.actor.clone()),
        at: last.map(|row| row.at),
    })))
}

/// Whether nothing can happen to a task any more. A status that this version does not know may mean anything.
pub(crate) fn is_over(process: &Process, task: &Task) -> bool {
    !matches!(process.status, ProcessStatus::New | ProcessStatus::Unknown) || task.status.is_final()
}

/// Whether a task is in one of the states from which this verb is possible.
pub(crate) fn is_possible(verb: Verb, status: TaskStatus) -> bool {
    verb.rule().from.contains(&status)
}
