//! A job, in three steps: claimed in a transition, run outside of any, completed in a transition.

use std::any::Any;
use std::rc::Rc;
use std::time::Duration;

use flow_graph::Slot;

use super::FLOW;
use super::due::{Begun, Body, Claimant, Outcome, background};
use super::perform::Target;
use super::savepoint::{Failed, attempt};
use super::verb::Verb;
use crate::engine::{Event, Failure};
use crate::flow::{JobDef, NodeDef, node};
use crate::job::{JobCall, JobContext};
use crate::job_control::JobControl;
use crate::proxy;
use crate::store::{Attempt, DueRow, DueWrite, Locking, NOBODY, Store as _};
use crate::{Canceled, Error, Flow, JobFailure, Result, Task, TaskFailure, TaskStatus, Timestamp, clock};

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
    claim: Rc<Claim<F>>,
    /// Whether something follows the body, with what it returned.
    follows: bool,
    /// What the body returned, once it was run.
    result: Option<Finished>,
}

/// What a body returned; `None` once that was handed to what follows it.
type Finished = Result<Option<Box<dyn Any>>, Failed>;

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
        // Read the documents first: a body whose result could not be stored must not run.
        let snapshot = proxy::load(target.process.clone(), conn)?;
        if let Some(read) = def.reads {
            read(target.task.clone())?;
        }
        let until = now + job.timeout.map_or(TIMEOUT, |timeout| timeout()).max(Duration::from_secs(1));
        let control = JobControl::new(until, claimant.keeper.clone());
        let mut context = JobContext::new(snapshot, target.task.clone(), row.attempt);
        context.control = control;
        let mut lost = None;
        if row.lease_token != NOBODY && target.task.status == TaskStatus::Started {
            let started = target.task.started.unwrap_or(row.due);
            let earlier = Claim { context, lease: row.clone(), job, started };
            let failure = JobFailure::lost(row.last_error.as_deref().unwrap_or(LOST));
            match earlier.verdict(&failure, now) {
                Some(due) if due <= now => lost = Some(earlier.attempt(&failure, now)),
                verdict => return fail(conn, target, locking, &earlier, (&failure, false), verdict).map(Some),
            }
            context = earlier.context;
        }
        let lease = DueRow {
            lease_token: target.process.version + 1,
            attempt: row.attempt + 1,
            holder: claimant.holder.clone(),
            ..row
        };
        let leased_until = claimant.lease.map_or(until, |lease| until.min(now + lease));
        let written = lease.clone();
        let performed = target.perform(conn, locking, (Verb::Claim, Event::Claim), FLOW, None, |work| {
            work.also(DueWrite::Lease { row: written, until: leased_until });
            lost.into_iter().for_each(|attempt| work.also(DueWrite::Attempt(attempt)));
            work.touch(0).started = Some(now);
        })?;
        let context = JobContext { task: performed.task, attempt: lease.attempt, ..context };
        let follows = def.callback(Slot::Act).is_some();
        let claim = Rc::new(Claim { context, lease, job, started: now });
        *running = Some(Running { claim, follows, result: None });
        Ok(Some(Outcome::Done))
    })
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

impl<F: Flow> Body<F::Connection> for Running<F> {
    fn run(&mut self) {
        let context = &self.claim.context;
        let node = node_name::<F>(&context.task);
        let call = self.claim.job.call;
        let result = attempt(|| call(JobCall::Run(context)).map_err(|source| Error::Step { node, source }));
        self.result = Some(result.map(Some));
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
        !self.follows || !matches!(self.result, Some(Ok(None)))
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
    claim: &Rc<Claim<F>>,
    follows: bool,
    result: &mut Finished,
) -> Result<Outcome> {
    let lease = &claim.lease;
    // The output is moved into `on_done`, so the transition cannot be planned twice.
    let repeatable = result.is_err() || !follows;
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
        let earlier = Rc::clone(claim);
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
