//! The only way to use a verb: read, check, plan, write.

use flow_graph::{Kind, NodeId, Slot};

use super::answers::Answers;
use super::conflict::{conflict, refused, with_author};
use super::drive::{Frame, drive};
use super::loaded::{Loaded, RowOnly, Subject};
use super::verb::{Mode, On, Verb, Who};
use super::{Actor, Cause, FLOW, Hooks, Input, UnitOfWork, permit, retired};
use crate::engine::{Event, Obstacle, Run};
use crate::error::Reason;
use crate::flow::node;
use crate::in_step;
use crate::store::{FlowConnection, Locking, Store as _};
use crate::user::ActingUser as _;
use crate::{
    Error, Flow, Process, ProcessStatus, Refusal, Result, Task, TaskFailure, TaskId, TaskStatus, TaskTag, User, clock,
    sabotage,
};

/// A process and the task that something is done to.
pub(crate) struct Target<F: Flow> {
    pub(crate) process: Process,
    pub(crate) task: Task,
    /// Who may do the task, as far as it is kept.
    pub(super) answers: Answers,
    /// The process as its flow's own type, once somebody needed it.
    loaded: Option<Loaded<F>>,
}

/// What became of it.
pub(crate) struct Performed<F: Flow> {
    /// The task that something was done to, as it is now.
    pub(crate) task: Task,
    /// The task that replaces it, if one does.
    pub(crate) replacement: Option<Task>,
    /// The tasks that failed in the background.
    pub(crate) failures: Vec<TaskFailure>,
    loaded: Option<Loaded<F>>,
}

impl<F: Flow> Target<F> {
    pub(crate) fn new(process: Process, task: Task) -> Self {
        Target { process, task, answers: Answers::default(), loaded: None }
    }

    /// The same, for one person about whose verbs much is asked.
    pub(super) fn keeping_answers(self) -> Self {
        Target { answers: Answers::kept(), ..self }
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
        self,
        conn: &mut F::Connection,
        locking: Locking,
        cause: (Verb, Event),
        actor: impl Into<Actor>,
        input: Option<Box<dyn std::any::Any>>,
        change: impl FnOnce(&mut UnitOfWork),
    ) -> Result<Performed<F>> {
        let frame = self.drive(conn, locking, cause, actor, input, change)?;
        let task = frame.work.task(0).clone();
        let replacement = frame.run.tasks().iter().rposition(|task| task.copies == Some(0));
        let replacement = replacement.map(|at| frame.work.task(at).clone());
        let failures = frame.work.failures();
        let loaded = frame.subject.into_any().downcast::<Loaded<F>>().ok().map(|loaded| *loaded);
        Ok(Performed { task, replacement, failures, loaded })
    }

    /// The same as one of a batch: what is planned is written later.
    pub(super) fn plan(
        self,
        conn: &mut F::Connection,
        locking: Locking,
        cause: (Verb, Event),
        input: Option<Box<dyn std::any::Any>>,
        change: impl FnOnce(&mut UnitOfWork),
    ) -> Result<Frame<F::Connection>> {
        self.drive(conn, locking, cause, FLOW, input, |work| {
            work.in_a_batch();
            change(work);
        })
    }

    fn drive(
        mut self,
        conn: &mut F::Connection,
        locking: Locking,
        (verb, event): (Verb, Event),
        actor: impl Into<Actor>,
        input: Option<Box<dyn std::any::Any>>,
        change: impl FnOnce(&mut UnitOfWork),
    ) -> Result<Frame<F::Connection>> {
        let rule = verb.rule();
        let mut work = UnitOfWork::open(F::GRAPH, clock::now(), &self.process, locking);
        let runs_code = rule.runs_code && !(verb == Verb::Undo && self.undo_runs_nothing());
        let state = work.read(self.task);
        // An `on_error` continues the process, which may run code.
        let is_taken = matches!(event, Event::Fail(failure) | Event::ChildEnds(Some(failure)) if failure.taker(F::GRAPH, state.node).is_some());
        let runs_code = runs_code || is_taken;
        let run = Run::resume(F::GRAPH, work.process_state(), state, event).without_undo(irreversible::<F>(event));
        let run = if runs_code { run.with_conditions() } else { run };
        change(&mut work);
        let input = if verb == Verb::AddItem { work.take_item(0, input)? } else { input };
        let actor = actor.into();
        let acts = (rule.mode == Mode::Foreground).then_some(actor.id.as_str());
        let subject: Box<dyn Subject<F::Connection>> = if runs_code {
            let loaded = match self.loaded.take() {
                Some(loaded) => loaded,
                None => Loaded::<F>::load(self.process, conn)?,
            };
            Box::new(loaded.with_input(input).acting(acts))
        } else {
            Box::new(RowOnly(self.process))
        };
        let cause = Cause { actor, verb, subject: Some(0) };
        let process = subject.row().id;
        drive(conn, Frame { subject, work, run, cause, hooks: Hooks::of::<F>() }, rule.mode)
            // Asked in the transaction: what others commit later is not what is in the way.
            .map_err(|error| with_author(conn, process, error))
    }

    /// Undoing it calls no code of the flow, so that a document that cannot be read is no hindrance.
    fn undo_runs_nothing(&self) -> bool {
        let found = F::GRAPH.find(&self.task.node).and_then(|id| node::<F>(id).ok());
        found.is_some_and(|(node, def)| !node.kind.is_boundary() && def.callback(Slot::Undo).is_none())
    }
}

/// The nodes whose work cannot be taken back: code has run that has no `undo`.
fn irreversible<F: Flow>(event: Event) -> &'static [NodeId] {
    if event == Event::GoBack { F::IRREVERSIBLE } else { &[] }
}

impl<F: Flow> Performed<F> {
    /// The task as it is now, or the one that replaces it.
    pub(crate) fn into_task(self) -> Task {
        self.replacement.unwrap_or(self.task)
    }

    /// The process as it is now.
    pub(crate) fn into_process(self) -> Result<F::Process> {
        let loaded = self.loaded.ok_or_else(|| Error::Internal("the process was not loaded".to_owned()))?;
        loaded.into_process()
    }
}

/// What a person, or code that acts by itself, asks for.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) verb: Verb,
    pub(crate) at: NodeId,
    pub(crate) id: TaskId,
    pub(crate) user: &'r dyn User,
    /// To whom a task is reassigned.
    pub(crate) to: Option<&'r dyn User>,
    /// What the caller has seen of the task.
    pub(crate) expected: Option<TaskTag>,
}

/// A person, or code that acts by itself, does something to a task of this node.
pub(crate) fn perform<F: Flow>(
    conn: &mut F::Connection,
    verb: Verb,
    at: NodeId,
    id: TaskId,
    user: &dyn User,
    input: Input,
) -> Result<Performed<F>> {
    request(conn, Request { verb, at, id, user, to: None, expected: None }, input)
}

/// The same, of which a task may also be reassigned.
pub(crate) fn request<F: Flow>(
    conn: &mut F::Connection,
    request: Request<'_>,
    mut input: Input,
) -> Result<Performed<F>> {
    let Request { verb, at, id, user, .. } = request;
    permit::identified(user)?;
    in_step::refuse(conn, id.process(), verb.as_str())?;
    let outcome = conn.transition(input.repeatable(), |conn, locking| {
        let mut target = find::<F>(conn, id, at, locking)?;
        as_expected(conn, request, &target)?;
        let person = stand_in(conn, request, &mut target)?;
        let acting = person.map(|person| user.on_behalf_of(person));
        let user = acting.as_ref().map_or(user, |acting| acting);
        let request = Request { user, ..request };
        let event = event_of(conn, verb, &target.task)?;
        let input = if verb.rule().runs_code { input.take(locking)? } else { None };
        let actor = Actor::of(user);
        let owner = actor.clone();
        target
            .perform(conn, locking, (verb, event), actor, input, |work| change(work, request, &owner, at_node::<F>(at)))
    });
    outcome.map_err(|error| {
        let task = Some((id.number(), at_node::<F>(at).0));
        refused(conn, id.process(), request.user, verb, task, error)
    })
}

/// Refuses a task that is not as the caller has seen it. Compared with the rows that the transition is planned with: a
/// plan that was overtaken is made again, and compared again.
fn as_expected<F: Flow>(conn: &mut F::Connection, request: Request<'_>, target: &Target<F>) -> Result<()> {
    let Some(expected) = request.expected else { return Ok(()) };
    let fields = node::<F>(request.at)?.1.fields;
    let draft = conn.store().draft(request.id, request.user.id())?;
    let found = TaskTag::of(fields, &target.process, &target.task, draft.as_ref());
    if found == expected || sabotage::is_out("if_match") {
        return Ok(());
    }
    Err(with_author(conn, target.process.id, conflict(&target.process, &target.task, Some(Obstacle::Changed))))
}

/// The stored name of a node, and whether it names a person by `assign`.
fn at_node<F: Flow>(at: NodeId) -> (&'static str, bool) {
    node::<F>(at).map_or(("?", false), |(node, def)| (node.name, permit::assigns(def)))
}

/// In whose name the person does it: in their own, where they may, else in that of the first of those they stand in for
/// who may. Refuses what neither may do, or what the state of the task does not allow. A conflict says who brought it
/// where it is.
pub(super) fn stand_in<'r, F: Flow>(
    conn: &mut F::Connection,
    request: Request<'r>,
    target: &mut Target<F>,
) -> Result<Option<&'r dyn User>> {
    let process = target.process.id;
    stand_in_without_author(conn, request, target).map_err(|error| with_author(conn, process, error))
}

/// The same, for who asks about many verbs and reads once who is behind the conflicts.
pub(super) fn stand_in_without_author<'r, F: Flow>(
    conn: &mut F::Connection,
    request: Request<'r>,
    target: &mut Target<F>,
) -> Result<Option<&'r dyn User>> {
    let denied = match check(conn, request, target) {
        Ok(()) => return Ok(None),
        Err(error @ Error::Denied { .. }) => error,
        Err(error) => return Err(error),
    };
    let work_on_tasks = matches!(request.verb, Verb::Assign | Verb::Unassign | Verb::Execute | Verb::Run);
    if work_on_tasks && request.user.represents().is_none() {
        for person in request.user.acts_for().into_iter().filter(|person| person.id() != request.user.id()) {
            let acting = request.user.on_behalf_of(person);
            match check(conn, Request { user: &acting, ..request }, target) {
                Ok(()) => return Ok(Some(person)),
                Err(Error::Denied { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Err(denied)
}

/// Refuses what this person may not do, or what the state of the task does not allow.
fn check<F: Flow>(conn: &mut F::Connection, request: Request<'_>, target: &mut Target<F>) -> Result<()> {
    let Request { verb, at, user, .. } = request;
    permit::check(conn, user, verb, at, target)?;
    if let Some(obstacle) = state_obstacle(&target.process, &target.task, verb, node::<F>(at)?.0.kind) {
        let mut error = conflict(&target.process, &target.task, obstacle);
        if let Error::Conflict(conflict) = &mut error {
            // Where the verb is for such tasks, the process is in the way.
            conflict.of_task &= !is_possible(verb, target.task.status);
        }
        return Err(error);
    }
    let task = &target.task;
    if verb == Verb::MoveRetired
        && let Some(obstacle) = retired::hindrance(conn, task)?
    {
        return Err(conflict(&target.process, task, Some(obstacle)));
    }
    if verb.rule().who == Who::Assigned && !permit::owns(user, task) {
        let reason = match &task.owner {
            Some(owner) => Reason::assigned_to(owner),
            None => Reason::new(Refusal::NotAssigned, "it is not assigned; assign it first"),
        };
        return Err(Error::denied(user, format!("{verb} task {}", task.id()), reason));
    }
    match request.to {
        Some(to) => permit::may_be_given(conn, to, at, target),
        None => Ok(()),
    }
}

/// Refuses what the engine would refuse before it calls any code: something that followed, the last branch.
pub(super) fn obstacle<F: Flow>(conn: &mut F::Connection, verb: Verb, target: &Target<F>) -> Result<()> {
    if !matches!(verb, Verb::EndBranch | Verb::Undo | Verb::Revive | Verb::GoBack) {
        return Ok(());
    }
    let event = event_of(conn, verb, &target.task)?;
    let mut work = UnitOfWork::open(F::GRAPH, clock::now(), &target.process, Locking::Optimistic);
    let state = work.read(target.task.clone());
    let run = Run::resume(F::GRAPH, work.process_state(), state, event).without_undo(irreversible::<F>(event));
    let cause = Cause { actor: Actor::from(FLOW), verb, subject: Some(0) };
    let subject: Box<dyn Subject<F::Connection>> = Box::new(RowOnly(target.process.clone()));
    Frame { subject, work, run, cause, hooks: Hooks::of::<F>() }.look_ahead(conn)
}

/// What happens to the task, for the engine.
fn event_of<C: FlowConnection>(conn: &mut C, verb: Verb, task: &Task) -> Result<Event> {
    Ok(match verb {
        Verb::Assign | Verb::Reassign => Event::Assign,
        Verb::Unassign => Event::Unassign,
        Verb::Execute | Verb::Run | Verb::MoveRetired => Event::Complete,
        Verb::CancelTask => Event::Cancel,
        Verb::EndBranch => Event::EndBranch,
        Verb::Undo => Event::Undo,
        Verb::Revive => Event::Revive,
        // A subprocess that failed after its child had ended does not start another child.
        Verb::Retry if task.kind == Kind::Subprocess.name() && has_done_child(conn, task)? => Event::Complete,
        // Those that have ended are not started again.
        Verb::Retry if task.kind == Kind::NSubprocess.name() && has_child(conn, task)? => {
            let (process, task) = (task.process_id, task.number);
            Event::Recount(conn.store().awaited_children(process, task)?, conn.store().count_items(process, task)?)
        }
        Verb::AddItem => Event::AddItem,
        // The signal was delivered; what failed is what follows it.
        Verb::Retry if task.kind == Kind::SignalCatch.name() => Event::Complete,
        Verb::Retry => Event::Retry,
        Verb::GoBack => Event::GoBack,
        Verb::Start
        | Verb::Claim
        | Verb::Complete
        | Verb::Fail
        | Verb::Timeout
        | Verb::Resume
        | Verb::Escalate
        | Verb::Continue
        | Verb::Catch
        | Verb::Cancel
        | Verb::Suspend
        | Verb::ResumeProcess
        | Verb::Comment
        | Verb::Save
        | Verb::Denied => return Err(Error::Internal(format!("`{verb}` is not done to a task by a person"))),
    })
}

/// Whether it has started a child.
fn has_child<C: FlowConnection>(conn: &mut C, task: &Task) -> Result<bool> {
    Ok(conn.store().newest_child(task.process_id, task.number)?.is_some())
}

/// Whether its child has ended, and not with an error.
fn has_done_child<C: FlowConnection>(conn: &mut C, task: &Task) -> Result<bool> {
    let newest = conn.store().newest_child(task.process_id, task.number)?;
    let Some(child) = newest.filter(|child| child.status == ProcessStatus::Done) else { return Ok(false) };
    let is_error = |end: &Task| end.kind == Kind::ErrorEnd.name() && end.status == TaskStatus::Done;
    Ok(!conn.store().tasks(child.id)?.iter().any(is_error))
}

/// What a verb changes in the row of the task beside its state.
fn change(work: &mut UnitOfWork, request: Request<'_>, actor: &Actor, (_, assigns): (&str, bool)) {
    let now = clock::now();
    match request.verb {
        Verb::Assign => {
            let task = work.touch(0);
            task.owner = Some(actor.id.clone());
            task.on_behalf_of.clone_from(&actor.on_behalf_of);
            task.assigned = Some(now);
        }
        Verb::Reassign => {
            let Some(to) = request.to else { return };
            let task = work.touch(0);
            task.owner = Some(to.id().to_owned());
            task.on_behalf_of = None;
            task.assigned = Some(now);
            if assigns {
                task.nominee = Some(to.id().to_owned());
            }
        }
        Verb::Execute if actor.on_behalf_of.is_some() => {
            let task = work.touch(0);
            task.owner = Some(actor.id.clone());
            task.on_behalf_of.clone_from(&actor.on_behalf_of);
        }
        Verb::Unassign => {
            let task = work.touch(0);
            task.owner = None;
            task.on_behalf_of = None;
            task.assigned = None;
        }
        Verb::Retry => work.touch(0).error = None,
        _ => {}
    }
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

/// Whether a task is of a kind that its node has, or keeps, in this version of the code. A row of the first schema may
/// not say.
pub(crate) fn knows_kind(kind: Kind, task: &Task) -> bool {
    task.kind.is_empty()
        || Kind::from_name(&task.kind).is_some_and(|stored| kind.keeps(stored))
        || task.kind == kind.name()
}

/// Why the state of a task does not allow a verb: `Some(None)` where the state says it by itself.
pub(super) fn state_obstacle(process: &Process, task: &Task, verb: Verb, kind: Kind) -> Option<Option<Obstacle>> {
    let rule = verb.rule();
    let on_kind = match rule.on {
        On::Task(is) => is(kind),
        On::Process => true,
    };
    // Nothing moves in a finished process, but its end can be undone.
    let undoes_end = verb == Verb::Undo && kind.ends() && process.status == ProcessStatus::Done;
    if process.status != ProcessStatus::New && !undoes_end {
        return Some(None);
    }
    if undoes_end && process.parent_process.is_some() {
        return Some(Some(Obstacle::ParentWasTold));
    }
    if process.suspended.is_some() {
        return Some(Some(Obstacle::Suspended));
    }
    if !on_kind {
        return Some(Some(if kind.runs_child() { Obstacle::FinishedChild } else { Obstacle::Kind }));
    }
    if !rule.from.contains(&task.status) {
        return Some(None);
    }
    if task.status == TaskStatus::Canceled && !task.resting {
        return Some(Some(Obstacle::BranchEnded));
    }
    let waits = kind == Kind::Join && task.status == TaskStatus::Started;
    if waits && matches!(verb, Verb::CancelTask | Verb::EndBranch) {
        return Some(Some(Obstacle::WaitingJoin));
    }
    None
}

/// Whether nothing can happen to a task any more. A status that this version does not know may mean anything.
pub(crate) fn is_over(process: &Process, task: &Task) -> bool {
    !matches!(process.status, ProcessStatus::New | ProcessStatus::Unknown) || task.status.is_final() && !task.resting
}

/// Whether a task is in one of the states from which this verb is possible.
pub(crate) fn is_possible(verb: Verb, status: TaskStatus) -> bool {
    verb.rule().from.contains(&status)
}
