//! A job, in three steps: claimed in a transition, run outside of any, completed in a transition.

use std::any::Any;
use std::time::Duration;

use flow_graph::Slot;

use super::FLOW;
use super::due::{Outcome, background, is_postponed, postpone};
use super::savepoint::{Failed, attempt};
use super::verb::Verb;
use crate::engine::Event;
use crate::flow::{JobDef, NodeDef, node};
use crate::job::{JobCall, JobContext};
use crate::proxy;
use crate::store::{DueRow, DueWrite, Store as _};
use crate::{Error, Flow, Result, Task, clock};

/// How often a job is begun before it is given up: each begin uses up one attempt, so that a body which kills
/// its worker ends in ERROR too.
pub(crate) const ATTEMPTS: i32 = 5;

/// Claims a job, runs its body, and completes it.
pub(super) fn run<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let mut claimed = None;
    let outcome = claim::<F>(conn, due, &mut claimed)?;
    let Some(Claim { context, lease, def, follows }) = claimed else { return Ok(outcome) };
    let node = node_name::<F>(&context.task);
    let result = attempt(|| (def.call)(JobCall::Run(&context)).map_err(|source| Error::Step { node, source }));
    drop(context);
    match complete::<F>(conn, &lease, follows, result) {
        // An error that the job's own code passed over: the attempt counts, or its body would be run for ever.
        Err(error) if error.is_of_aborted_transaction() => postpone(conn, &lease, error),
        // The attempt is not the task's fault, so that it does not count.
        Err(error) if is_postponed(&error) => postpone(conn, &DueRow { attempt: due.attempt, ..lease }, error),
        outcome => outcome,
    }
}

/// A job that is ours until its lease ends.
struct Claim<F: Flow> {
    context: JobContext<F>,
    lease: DueRow,
    def: &'static JobDef<F>,
    /// Whether something follows the body, with what it returned.
    follows: bool,
}

/// Takes the job: one more attempt, for as long as its lease.
fn claim<F: Flow>(conn: &mut F::Connection, due: &DueRow, claimed: &mut Option<Claim<F>>) -> Result<Outcome> {
    background::<F>(conn, due, Verb::Claim, true, |conn, target, locking| {
        let now = clock::now();
        let Some(row) = conn.store().due_row(&due.primary_key())? else { return Ok(None) };
        let taken = row.leased_until.is_some_and(|until| until > now) || row.due > now;
        let Some((def, job)) = job_of::<F>(&target.task) else { return Ok(None) };
        let follows = def.callback(Slot::Act).is_some();
        if taken {
            return Ok(None);
        }
        if row.attempt >= ATTEMPTS {
            return Err(Error::Step {
                node: node_name::<F>(&target.task),
                source: format!("gave up after {ATTEMPTS} attempts: each time the worker stopped before completing it")
                    .into(),
            });
        }
        // Before anything is run: a body whose result could not be stored must not run at all.
        let snapshot = proxy::load(target.process.clone(), conn)?;
        if let Some(read) = def.reads {
            read(target.task.clone())?;
        }
        let until = now + (job.lease)().max(Duration::from_secs(1));
        let lease = row.clone();
        let performed = target.perform(conn, locking, (Verb::Claim, Event::Claim), FLOW, None, |work| {
            work.also(DueWrite::Lease { row: lease, until });
            work.touch(0).started = Some(now);
        })?;
        let context = JobContext::new(snapshot, performed.task, row.attempt + 1);
        let lease = DueRow { lease_token: row.lease_token + 1, attempt: row.attempt + 1, ..row };
        *claimed = Some(Claim { context, lease, def: job, follows });
        Ok(Some(Outcome::Done))
    })
}

/// Writes what came of a job, if its lease is still the newest.
fn complete<F: Flow>(
    conn: &mut F::Connection,
    lease: &DueRow,
    follows: bool,
    result: Result<Box<dyn Any>, Failed>,
) -> Result<Outcome> {
    let mut result = result.map(|output| follows.then_some(output));
    // What the body returned cannot be had a second time.
    let repeatable = result.is_err() || !follows;
    let verb = if result.is_ok() { Verb::Complete } else { Verb::Fail };
    background::<F>(conn, lease, verb, repeatable, |conn, target, locking| {
        let row = conn.store().due_row(&lease.primary_key())?;
        let lost = row.is_none_or(|row| row.lease_token != lease.lease_token)
            || target.task.status != crate::TaskStatus::Started;
        if lost && cfg!(not(flow_sabotage = "no_token")) {
            return Ok(None);
        }
        let performed = match &mut result {
            Ok(output) => {
                let output = output.take();
                target
                    .perform(conn, locking, (verb, Event::Complete), FLOW, output, |work| work.touch(0).error = None)?
            }
            Err(failed) => {
                let (event, text) = (Event::Fail(failed.failure()), failed.text());
                target.perform(conn, locking, (verb, event), FLOW, None, |work| work.fail(0, &text))?
            }
        };
        Ok(Some(if performed.failed { Outcome::Failed } else { Outcome::Done }))
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
