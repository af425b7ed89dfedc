//! What is due: jobs, timers, parents to resume, processes to cancel. One row that cannot be done stops no other.

use std::thread::Thread;
use std::time::Duration;

use flow_graph::Kind;

use super::drive::Frame;
use super::perform::{Target, is_over, is_possible, knows_kind};
use super::savepoint::text_of;
use super::verb::Verb;
use super::{FLOW, event, family, job};
use crate::engine::{Event, Failure};
use crate::in_step;
use crate::job_control::JobControl;
use crate::store::{DueKind, DueRow, DueTask, DueWrite, Locking, NOBODY, Store as _};
use crate::{Error, Flow, Process, ProcessStatus, Result, Task, TaskFailure, TaskId, TaskStatus, Timestamp, clock};

/// The first back-off of a row that could not be run; each further one is twice as long.
const FIRST_DELAY: Duration = Duration::from_secs(5);

/// The longest back-off.
const LONGEST_DELAY: Duration = Duration::from_secs(10 * 60);

/// The outcome of a due row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// It left tasks in ERROR.
    Failed(Vec<TaskFailure>),
    /// A job failed, and is tried again later.
    Retried(TaskFailure),
    /// Another worker had it, or it was no longer needed.
    Passed,
    /// It was postponed, and is due again later: why.
    Postponed(String),
    /// Its time is over, and it is deleted: what was lost.
    Expired(String),
    /// This version of the code does not know what it is about: it is left for the version that does.
    Unknown(&'static str),
}

/// Who does what is due.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claimant {
    /// The worker that has reserved the rows; `None`: nobody has.
    pub(crate) holder: Option<String>,
    /// How long a lease is, which is renewed while the body runs; `None`: as long as the job may take.
    pub(crate) lease: Option<Duration>,
    /// The thread that renews it.
    pub(crate) keeper: Option<Thread>,
}

impl Outcome {
    /// Of a step that was taken.
    pub(super) fn of(failures: Vec<TaskFailure>) -> Self {
        if failures.is_empty() { Outcome::Done } else { Outcome::Failed(failures) }
    }
}

/// Why a row is left to another version of the code.
pub(super) const UNKNOWN_STATUS: &str = "the status of the process is not known";
const UNKNOWN_TASK: &str = "the status or the node of the task is not known";
const UNFIT: &str = "the task is not in a state in which this can be done";

impl Claimant {
    /// Whether the lease of a row that was not begun is ours.
    pub(crate) fn has_reserved(&self, row: &DueRow) -> bool {
        self.holder.is_some() && self.holder == row.holder
    }
}

/// What is due and was begun.
pub(crate) enum Begun<C> {
    /// There is no more to do.
    Over(Outcome),
    /// A job was claimed: its body is to be run, without a connection, and then completed.
    Body(Box<dyn Body<C>>),
}

/// A job that was claimed.
pub(crate) trait Body<C>: Send {
    /// Runs the body. Panics in it are kept as a failure.
    fn run(&mut self);
    /// Writes what came of it, if the lease is still ours.
    fn complete(&mut self, conn: &mut C) -> Result<Outcome>;
    /// Whether it can be completed, for the first time or once more: what the body returned was not handed over yet.
    fn can_complete(&self) -> bool;
    /// Whether it can be completed together with others.
    fn is_planned_with_others(&self) -> bool;
    /// Plans its completion as one of a batch. `None` where it is to be completed by itself.
    fn plan(&mut self, conn: &mut C, locking: Locking, found: DueTask) -> Result<Option<Frame<C>>>;
    /// The names of its flow and its node.
    fn node(&self) -> (&'static str, &'static str);
    /// The row, as it was claimed.
    fn lease(&self) -> &DueRow;
    /// What its body looks at.
    fn control(&self) -> JobControl;
}

/// Does what this row says; of a job, claims it.
///
/// # Errors
/// Those that stop everything: the database cannot be reached, or this was called from a callback of the very process.
pub(crate) fn begin<F: Flow>(
    conn: &mut F::Connection,
    row: &DueRow,
    claimant: &Claimant,
) -> Result<Begun<F::Connection>> {
    let Some(kind) = DueKind::from_word(&row.kind) else {
        return Ok(Begun::Over(Outcome::Unknown("this kind of due work is not known")));
    };
    in_step::refuse(conn, row.process_id, "run_due")?;
    let begun = match kind {
        DueKind::Job => job::begin::<F>(conn, row, claimant),
        DueKind::Timer => fire::<F>(conn, row).map(Begun::Over),
        DueKind::Resume | DueKind::Escalate => family::in_order::<F>(conn, row).map(Begun::Over),
        DueKind::Cancel => family::cancel_child::<F>(conn, row).map(Begun::Over),
        DueKind::Continue => go_on::<F>(conn, row).map(Begun::Over),
        DueKind::Notify => super::hooks::notify::<F>(conn, row).map(Begun::Over),
        DueKind::Tick => event::start_process::<F>(conn, row).map(Begun::Over),
        DueKind::Catch => event::look_for_message::<F>(conn, row).map(Begun::Over),
        DueKind::Signal => event::signal::<F>(conn, row).map(Begun::Over),
        DueKind::Condition => event::look::<F>(conn, row).map(Begun::Over),
        // Its task takes it.
        DueKind::Item => Ok(Begun::Over(Outcome::Unknown("an item waits for its turn"))),
        // It looks at all flows of the list: see `Flows::begin_due`.
        DueKind::Message => Err(Error::Internal("a message is of no flow".to_owned())),
    };
    match begun {
        // Also a failure that could not be stored: one row must not stop the others.
        Err(error) => postpone(conn, row, row.lease_token, error).map(Begun::Over),
        begun => begun,
    }
}

/// Completes a job whose body was run, or puts it off.
///
/// # Errors
/// As [`begin`].
pub(crate) fn complete<C: crate::FlowConnection>(conn: &mut C, body: &mut dyn Body<C>) -> Result<Outcome> {
    match body.complete(conn) {
        Err(error) => postpone_body(conn, body, error),
        outcome => outcome,
    }
}

/// Puts a job off that could not be completed.
///
/// # Errors
/// The same error, if the database refuses that too.
pub(crate) fn postpone_body<C: crate::FlowConnection>(
    conn: &mut C,
    body: &dyn Body<C>,
    error: Error,
) -> Result<Outcome> {
    let lease = body.lease();
    if is_postponed(&error) && !error.is_of_aborted_transaction() {
        // The attempt is not the task's fault, so that it does not count.
        return postpone(conn, &DueRow { attempt: lease.attempt - 1, ..lease.clone() }, NOBODY, error);
    }
    // A callback ignored a database error: the attempt counts, or the body would run for ever.
    postpone(conn, lease, lease.lease_token, error)
}

/// Whether a failure is no fault of the task: the database was busy, this release cannot read the document, or code
/// went on after an error that had ended the transaction, whose cause nobody knows. What is due stays due then.
pub(super) fn is_postponed(error: &Error) -> bool {
    error.is_retryable() || error.is_of_aborted_transaction() || matches!(error, Error::Data(_))
}

/// Makes a row due again later, under this token. If the database refuses that too, it is not the row's fault.
pub(crate) fn postpone<C: crate::FlowConnection>(
    conn: &mut C,
    row: &DueRow,
    token: i64,
    error: Error,
) -> Result<Outcome> {
    let doublings = u32::try_from(row.postponed).unwrap_or_default().min(16);
    let delay = FIRST_DELAY.saturating_mul(1 << doublings).min(LONGEST_DELAY);
    let text = text_of(&error).replace('\0', "\u{fffd}");
    tracing::warn!(process = row.process_id, task = row.task, kind = row.kind, %error, "postponed");
    match conn.store().postpone(row, token, clock::now() + delay, &text) {
        Ok(()) => Ok(Outcome::Postponed(text)),
        Err(_) => Err(error),
    }
}

/// The time of a timer has come: of a node of its own, or of another task's timeout.
fn fire<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    background::<F>(conn, due, Verb::Timeout, true, |conn, target, locking| {
        let now: Timestamp = clock::now();
        if target.task.due.is_some_and(|at| at > now) {
            return Ok(None);
        }
        let event = if target.task.host.is_some() { Event::Fire } else { Event::Complete };
        let performed = target.perform(conn, locking, (Verb::Timeout, event), FLOW, None, |_| ())?;
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// A job completed while its process was suspended: its branch goes on.
fn go_on<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    background::<F>(conn, due, Verb::Continue, true, |conn, target, locking| {
        let event = (Verb::Continue, Event::Continue);
        let performed = target.perform(conn, locking, event, FLOW, None, |_| ())?;
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// A row that is due, and the task that it is about.
pub(super) struct Subject<'d> {
    pub(super) due: &'d DueRow,
    pub(super) task: TaskId,
}

/// One step of the background in a transition of its own: see [`background_of`].
pub(super) fn background<F: Flow>(
    conn: &mut F::Connection,
    due: &DueRow,
    verb: Verb,
    repeatable: bool,
    f: impl FnMut(&mut F::Connection, Target<F>, Locking) -> Result<Option<Outcome>>,
) -> Result<Outcome> {
    let task = TaskId::new(due.process_id, due.task);
    background_of::<F>(conn, &Subject { due, task }, verb, repeatable, f)
}

/// One step of the background in a transition of its own. What cannot be done at all (a process that comes to no
/// rest) leaves the task in ERROR; `None` from `f` means that it is not to be done any more, or not by us.
pub(super) fn background_of<F: Flow>(
    conn: &mut F::Connection,
    subject: &Subject<'_>,
    verb: Verb,
    repeatable: bool,
    mut f: impl FnMut(&mut F::Connection, Target<F>, Locking) -> Result<Option<Outcome>>,
) -> Result<Outcome> {
    let Subject { due, task: id } = *subject;
    in_step::refuse(conn, id.process(), "run_due")?;
    let outcome = conn.transition(repeatable, |conn, locking| {
        let found = conn.store().read(id.process(), id.number(), locking)?;
        match found.filter(|(process, task)| !is_over(process, task)) {
            Some((process, task)) if !knows::<F>(&process, &task, verb) => Ok(Outcome::Unknown(UNKNOWN_TASK)),
            // Left as it is: it is due when the process is resumed. What a body did that was running is kept.
            Some((process, _)) if process.suspended.is_some() && !matches!(verb, Verb::Complete | Verb::Fail) => {
                Ok(Outcome::Postponed("the process is suspended".into()))
            }
            Some((_, task)) if !is_possible(verb, task.status) => {
                if matches!(DueKind::from_word(&due.kind), Some(DueKind::Resume | DueKind::Escalate)) {
                    // The parent is in ERROR: nobody waits for the child.
                    conn.store().delete_due(&due.primary_key())?;
                }
                // A row that stays would be skipped in each sweep; report it as unknown, not as done.
                let is_left = conn.store().due_row(&due.primary_key())?.is_some();
                Ok(if is_left { Outcome::Unknown(UNFIT) } else { Outcome::Passed })
            }
            Some((process, task)) => Ok(f(conn, Target::new(process, task), locking)?.unwrap_or(Outcome::Passed)),
            None => {
                conn.store().delete_due(&due.primary_key())?;
                Ok(Outcome::Passed)
            }
        }
    });
    match outcome {
        Err(error) if !is_postponed(&error) => {
            tracing::warn!(task = %id, %verb, %error, "failed in the background");
            give_up::<F>(conn, subject, &error).map_err(|_| error)
        }
        outcome => outcome,
    }
}

/// Whether this version of the code knows where the process and the task stand, and the node as the kind that it is. Of
/// a node that is obsolete it does nothing but go on from what is done: an older release may still do the rest.
fn knows<F: Flow>(process: &Process, task: &Task, verb: Verb) -> bool {
    if process.status == ProcessStatus::Unknown || task.status == TaskStatus::Unknown {
        return false;
    }
    let node = F::GRAPH.find(&task.node).and_then(|id| F::GRAPH.node(id));
    node.is_some_and(|node| knows_kind(node.kind, task) && (node.kind != Kind::Obsolete || verb == Verb::Continue))
}

/// Whether a step of the background can be taken now, by this version of the code. Where it cannot, [`background_of`]
/// finds out what is to be done about it.
pub(super) fn is_for_us<F: Flow>(process: &Process, task: &Task, verb: Verb) -> bool {
    !is_over(process, task) && knows::<F>(process, task, verb) && is_possible(verb, task.status)
}

/// The task is in ERROR, unless somebody else has done it meanwhile. No code of the flow runs, so that no document
/// can hinder it.
fn give_up<F: Flow>(conn: &mut F::Connection, subject: &Subject<'_>, error: &Error) -> Result<Outcome> {
    let Subject { due, task: id } = *subject;
    conn.transition(true, |conn, locking| {
        let ours = conn.store().due_row(&due.primary_key())?.is_some_and(|row| row.lease_token == due.lease_token);
        let found = conn.store().read(id.process(), id.number(), locking)?;
        let Some((process, task)) = found.filter(|(process, task)| ours && !is_over(process, task)) else {
            return Ok(Outcome::Passed);
        };
        if task.status == TaskStatus::Error || !is_possible(Verb::Fail, task.status) && !task.resting {
            return Ok(Outcome::Passed);
        }
        let text = text_of(error);
        let event = (Verb::Fail, Event::Fail(Failure { fatal: true, ..Failure::default() }));
        let performed = Target::<F>::new(process, task).perform(conn, locking, event, FLOW, None, |work| {
            work.also(DueWrite::Delete(due.primary_key()));
            work.fail(0, &text);
        })?;
        Ok(Outcome::Failed(performed.failures))
    })
}
