//! A job, in three steps: claimed in a transition, run outside of any, completed in a transition.

use std::sync::Arc;
use std::time::Duration;

use flow_graph::Slot;

use super::drive::Frame;
use super::due::{Begun, Body, Claimant, Outcome, background, is_for_us};
use super::perform::Target;
use super::savepoint::{Failed, attempt};
use super::verb::Verb;
use super::{FLOW, Output};
use crate::engine::{Event, Failure};
use crate::flow::{JobDef, NodeDef, node};
use crate::job::{JobCall, JobContext};
use crate::job_control::JobControl;
use crate::proxy;
use crate::store::{Attempt, DueRow, DueTask, DueWrite, Locking, NOBODY, Store as _};
use crate::{Canceled, Error, Flow, JobFailure, Process, Result, Task, TaskFailure, TaskStatus, Timestamp, clock};

/// Attempts of a job without `retry` whose worker stopped before completing them: so that a body which kills its worker
/// ends in ERROR too.
pub(crate) const ATTEMPTS: i32 = 5;

/// How long one attempt may take where the node does not say.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The text of an attempt that nobody completed.
const LOST: &str = "the worker stopped before completing it";

/// A job that this worker has claimed until its lease ends.
struct Claim<F: Flow> {
    context: JobContext<F>,
    lease: DueRow,
    job: &'static JobDef<F>,
    /// When the attempt was begun.
    started: Timestamp,
}

/// A claim, and what came of it.
struct Running<F: Flow> {
    claim: Arc<Claim<F>>,
    /// Whether something follows the body, with what it returned.
    follows: bool,
    /// What the body returned, once it was run.
    result: Option<Finished>,
}

/// What a body returned.
type Finished = Result<Output, Failed>;

/// Claims a job.
pub(super) fn begin<F: Flow>(
    conn: &mut F::Connection,
    due: &DueRow,
    claimant: &Claimant,
) -> Result<Begun<F::Connection>> {
    let mut running = None;
    let outcome = claim::<F>(conn, due, claimant, &mut running)?;
    Ok(match running {
        Some(running) => Begun::Body(Box::new(running)),
        None => Begun::Over(outcome),
    })
}

/// Takes the job: one more attempt, for as long as its lease.
fn claim<F: Flow>(
    conn: &mut F::Connection,
    due: &DueRow,
    claimant: &Claimant,
    running: &mut Option<Running<F>>,
) -> Result<Outcome> {
    background::<F>(conn, due, Verb::Claim, true, |conn, target, locking| {
        *running = None;
        let now = clock::now();
        let Some(row) = conn.store().due_row(&due.primary_key())? else { return Ok(None) };
        let Some((def, job)) = job_of::<F>(&target.task) else { return Ok(None) };
        if row.due > now || row.leased_until.is_some_and(|until| until > now) && !claimant.has_reserved(&row) {
            return Ok(None);
        }
        let mut context = context::<F>(conn, (&target.process, &target.task), &row, (def, job), claimant)?;
        let mut lost = None;
        if row.lease_token != NOBODY && target.task.status == TaskStatus::Started {
            let started = target.task.started.unwrap_or(row.due);
            let earlier = Claim { context, lease: row.clone(), job, started };
            let failure = JobFailure::lost(row.last_error.as_deref().unwrap_or(LOST));
            // Of several that were claimed ahead, nobody knows whose body has run.
            let verdict = match row.was_claimed_ahead() && !crate::sabotage::is_out("claimed_ahead") {
                true => Some(now),
                false => earlier.verdict(&failure, now),
            };
            match verdict {
                Some(due) if due <= now => lost = Some(earlier.attempt(&failure, now)),
                verdict => return fail(conn, target, locking, &earlier, (&failure, false), verdict).map(Some),
            }
            context = earlier.context;
        }
        let lease = lease(&target.process, row, claimant, false);
        let write = lease_write(&lease, &context.control, claimant, now);
        let performed = target.perform(conn, locking, (Verb::Claim, Event::Claim), FLOW, None, |work| {
            work.also(write);
            lost.into_iter().for_each(|attempt| work.also(DueWrite::Attempt(attempt)));
            work.touch(0).started = Some(now);
        })?;
        let context = JobContext { task: performed.task, attempt: lease.attempt, ..context };
        *running = Some(Running::new(Claim { context, lease, job, started: now }, def));
        Ok(Some(Outcome::Done))
    })
}

/// Plans the claim of a job that its worker has reserved, as one of a batch; `ahead`, if no thread is free for it yet.
/// `None` where it is to be looked at by itself.
pub(super) fn plan_claim<F: Flow>(
    conn: &mut F::Connection,
    locking: Locking,
    found: DueTask,
    claimant: &Claimant,
    ahead: bool,
) -> Result<Option<Planned<F::Connection>>> {
    let now = clock::now();
    let DueTask { due: row, process, task } = found;
    let is_ours = row.due <= now && row.lease_token == NOBODY && claimant.has_reserved(&row);
    if !is_ours || process.suspended.is_some() || !is_for_us::<F>(&process, &task, Verb::Claim) {
        return Ok(None);
    }
    let Some((def, job)) = job_of::<F>(&task) else { return Ok(None) };
    let context = context::<F>(conn, (&process, &task), &row, (def, job), claimant)?;
    let lease = lease(&process, row, claimant, ahead);
    let write = lease_write(&lease, &context.control, claimant, now);
    let target = Target::<F>::new(process, task);
    let frame = target.plan(conn, locking, (Verb::Claim, Event::Claim), None, |work| {
        work.also(write);
        work.touch(0).started = Some(now);
    })?;
    let context = JobContext { task: frame.work.task(0).clone(), attempt: lease.attempt, ..context };
    let running = Running::new(Claim { context, lease, job, started: now }, def);
    Ok(Some((frame, Box::new(running))))
}

/// A claim that is planned, and its body.
pub(crate) type Planned<C> = (Frame<C>, Box<dyn Body<C>>);

/// What the body of a job gets. The documents are read first: a body whose result could not be stored must not run.
fn context<F: Flow>(
    conn: &mut F::Connection,
    (process, task): (&Process, &Task),
    row: &DueRow,
    (def, job): (&NodeDef<F>, &JobDef<F>),
    claimant: &Claimant,
) -> Result<JobContext<F>> {
    let snapshot = proxy::load(process.clone(), conn)?;
    if let Some(read) = def.reads {
        read(task.clone())?;
    }
    let until = clock::now() + job.timeout.map_or(TIMEOUT, |timeout| timeout()).max(Duration::from_secs(1));
    let mut context = JobContext::new(snapshot, task.clone(), row.attempt);
    context.control = JobControl::new(until, claimant.keeper.clone());
    Ok(context)
}

/// The row of a job as its next claim makes it.
fn lease(process: &Process, row: DueRow, claimant: &Claimant, ahead: bool) -> DueRow {
    let token = process.version + 1;
    DueRow {
        lease_token: if ahead { -token } else { token },
        attempt: row.attempt + 1,
        holder: claimant.holder.clone(),
        ..row
    }
}

fn lease_write(lease: &DueRow, control: &JobControl, claimant: &Claimant, now: Timestamp) -> DueWrite {
    let longest = control.until().unwrap_or(now);
    let until = claimant.lease.map_or(longest, |lease| longest.min(now + lease));
    DueWrite::Lease { row: lease.clone(), until }
}

impl<F: Flow> Claim<F> {
    /// When the job is due again after this failure; `None` if no attempt is left.
    fn verdict(&self, failure: &JobFailure, now: Timestamp) -> Option<Timestamp> {
        let node = F::GRAPH.find(&self.context.task.node);
        if node.zip(failure.code()).is_some_and(|(node, code)| F::GRAPH.named_code(node, code).is_some()) {
            // It goes to the `on_error` that names it at once.
            return None;
        }
        let Some(retry) = self.job.retry else {
            return (failure.is_lost() && self.context.attempt < ATTEMPTS).then_some(now);
        };
        let asked = attempt(|| retry(&self.context, failure).map_err(|source| Error::of_step("retry", source)));
        let delay = asked.unwrap_or_else(|failed| {
            tracing::warn!(task = %self.context.task.id(), error = failed.text(), "`retry` itself failed");
            None
        });
        delay.map(|delay| now + delay)
    }

    /// The row of this attempt, which has failed.
    fn attempt(&self, failure: &JobFailure, now: Timestamp) -> Attempt {
        Attempt {
            process_id: self.lease.process_id,
            task: self.lease.task,
            // Counted by the statement that writes it.
            number: 0,
            started: self.started,
            ended: Some(now),
            error: Some(storable(failure.message())),
            holder: self.lease.holder.clone(),
        }
    }

    /// What the failure changes in what is due: the attempt is noted, and another one is due if one is left.
    fn after(&self, failure: &JobFailure, verdict: Option<Timestamp>) -> Vec<DueWrite> {
        let mut writes = vec![DueWrite::Attempt(self.attempt(failure, clock::now()))];
        if let Some(due) = verdict {
            // It keeps the token if its worker was lost: `DueRow::has_lost_its_worker`.
            let lease_token = if failure.is_lost() { self.lease.lease_token } else { NOBODY };
            let row = DueRow { due, lease_token, ..self.lease.clone() };
            writes.push(DueWrite::Again { row, error: storable(failure.message()) });
        }
        writes
    }
}

/// A text that every database can hold.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The attempt has failed: another one is due, or the task is in ERROR.
fn fail<F: Flow>(
    conn: &mut F::Connection,
    target: Target<F>,
    locking: Locking,
    claim: &Claim<F>,
    (failure, fatal): (&JobFailure, bool),
    verdict: Option<Timestamp>,
) -> Result<Outcome> {
    let text = match verdict {
        None if claim.context.attempt > 1 => {
            format!("gave up after {} attempts: {}", claim.context.attempt, failure.message())
        }
        _ => failure.message().to_owned(),
    };
    tracing::warn!(task = %claim.context.task.id(), attempt = claim.context.attempt, error = text, "a job failed");
    let event = Event::Fail(Failure { code: failure.code(), again: verdict.is_some(), fatal });
    let performed = target.perform(conn, locking, (Verb::Fail, event), FLOW, None, |work| {
        claim.after(failure, verdict).into_iter().for_each(|write| work.also(write));
        if verdict.is_none() {
            work.fail(0, &text);
        }
    })?;
    Ok(match verdict {
        Some(_) => Outcome::Retried(TaskFailure { error: text, ..TaskFailure::of(&performed.task) }),
        None => Outcome::of(performed.failures),
    })
}

impl<F: Flow> Running<F> {
    fn new(claim: Claim<F>, def: &NodeDef<F>) -> Self {
        Running { claim: Arc::new(claim), follows: def.callback(Slot::Act).is_some(), result: None }
    }
}

impl<F: Flow> Body<F::Connection> for Running<F> {
    fn run(&mut self) {
        let context = &self.claim.context;
        let node = node_name::<F>(&context.task);
        let call = self.claim.job.call;
        let result = attempt(|| call(JobCall::Run(context)).map_err(|source| Error::Step { node, source }));
        self.result = Some(result);
    }

    fn complete(&mut self, conn: &mut F::Connection) -> Result<Outcome> {
        let stops = |result: &Finished| matches!(result, Err(failed) if failed.canceled() == Some(Canceled::Stopping));
        match &mut self.result {
            Some(result) if !stops(result) => complete::<F>(conn, &self.claim, self.follows, result),
            _ => {
                // As if it had not been claimed: the attempt does not count.
                let lease = &self.claim.lease;
                conn.store().give_back(&DueRow { attempt: lease.attempt - 1, ..lease.clone() })?;
                Ok(Outcome::Passed)
            }
        }
    }

    fn can_complete(&self) -> bool {
        !self.follows || !self.result.as_ref().and_then(|result| result.as_ref().ok()).is_some_and(Output::is_gone)
    }

    fn plan(
        &mut self,
        conn: &mut F::Connection,
        locking: Locking,
        found: DueTask,
    ) -> Result<Option<Frame<F::Connection>>> {
        let DueTask { due, process, task } = found;
        let lost = due.lease_token != self.claim.lease.lease_token || task.status != TaskStatus::Started;
        let lost = lost && !crate::sabotage::is_out("no_token");
        let Some(Ok(output)) = self.result.as_mut().filter(|_| !lost) else { return Ok(None) };
        if self.follows && !output.is_repeatable() || !is_for_us::<F>(&process, &task, Verb::Complete) {
            return Ok(None);
        }
        let output = if self.follows { output.take() } else { None };
        let target = Target::<F>::new(process, task);
        let frame = target.plan(conn, locking, (Verb::Complete, Event::Complete), output, |work| {
            work.touch(0).error = None;
        })?;
        // What follows a failure is the business of a completion by itself.
        Ok(frame.work.failures().is_empty().then_some(frame))
    }

    fn is_planned_with_others(&self) -> bool {
        match &self.result {
            Some(Ok(output)) => !self.follows || output.is_repeatable(),
            _ => false,
        }
    }

    fn node(&self) -> (&'static str, &'static str) {
        (F::GRAPH.name, node_name::<F>(&self.claim.context.task))
    }

    fn lease(&self) -> &DueRow {
        &self.claim.lease
    }

    fn control(&self) -> JobControl {
        self.claim.context.control.clone()
    }
}

/// Writes what came of a job, if its lease is still the newest.
fn complete<F: Flow>(
    conn: &mut F::Connection,
    claim: &Arc<Claim<F>>,
    follows: bool,
    result: &mut Finished,
) -> Result<Outcome> {
    let lease = &claim.lease;
    // An output that cannot be cloned is moved into `on_done`, so the transition cannot be planned twice.
    let repeatable = !follows || result.as_ref().is_ok_and(Output::is_repeatable) || result.is_err();
    let verb = if result.is_ok() { Verb::Complete } else { Verb::Fail };
    background::<F>(conn, lease, verb, repeatable, |conn, target, locking| {
        let row = conn.store().due_row(&lease.primary_key())?;
        let lost =
            row.is_none_or(|row| row.lease_token != lease.lease_token) || target.task.status != TaskStatus::Started;
        if lost && !crate::sabotage::is_out("no_token") {
            return Ok(None);
        }
        let output = match &mut *result {
            Ok(output) if follows => output.take(),
            Ok(_) => None,
            Err(failed) => {
                let code = failed.failure().code;
                let failure = failed.of_attempt().unwrap_or_else(|| JobFailure::new(code, failed.text()));
                let verdict = claim.verdict(&failure, clock::now());
                return fail(conn, target, locking, claim, (&failure, failed.is_fatal()), verdict).map(Some);
            }
        };
        let earlier = Arc::clone(claim);
        let on_failure = Box::new(move |failure: &JobFailure| {
            let verdict = earlier.verdict(failure, clock::now());
            (earlier.after(failure, verdict), verdict.is_some())
        });
        let performed = target.perform(conn, locking, (verb, Event::Complete), FLOW, output, |work| {
            work.touch(0).error = None;
            work.on_failure(on_failure);
        })?;
        Ok(Some(match performed.task.status {
            TaskStatus::Scheduled => Outcome::Retried(TaskFailure::of(&performed.task)),
            _ if performed.failures.is_empty() => Outcome::Done,
            _ => Outcome::Failed(performed.failures),
        }))
    })
}

fn node_name<F: Flow>(task: &Task) -> &'static str {
    F::GRAPH.find(&task.node).and_then(|id| F::GRAPH.node(id)).map_or("?", |node| node.name)
}

/// The node of a job, and its body.
fn job_of<F: Flow>(task: &Task) -> Option<(&'static NodeDef<F>, &'static JobDef<F>)> {
    let (_, def) = F::GRAPH.find(&task.node).and_then(|id| node::<F>(id).ok())?;
    Some((def, def.job.as_ref()?))
}
