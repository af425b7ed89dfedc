//! The threads that do what is due.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::connections::Connection;
use super::keeper::Held;
use super::shared::{Phase, STOPPING, Shared};
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::transition::due::{Begun, Body, Outcome, complete, postpone_body};
use crate::{DueReport, Result, clock};

/// How long it waits before it tries again to write what came of a job.
const BETWEEN: Duration = Duration::from_millis(500);

/// How often a completion that the database refused for the moment is tried again before the job is put off.
const TRIES: u32 = 3;

/// A stop is waited for no longer than this at once: a thread that sleeps must see it.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Does rows until the worker stops and none is left.
pub(super) fn run<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>) {
    loop {
        let next = shared.signal.wait(LONGEST_WAIT, |state| {
            if shared.signal.phase() != Phase::Running {
                return Some(None);
            }
            let row = state.ready.pop_front()?;
            state.busy += 1;
            Some(Some(row))
        });
        let row = match next {
            None => continue,
            Some(None) => return,
            Some(Some(row)) => row,
        };
        let begun = Instant::now();
        // Callbacks are guarded where they are called; this guards the thread against what is left.
        let outcome = catch_unwind(AssertUnwindSafe(|| one(shared, conn, &row)));
        let took = begun.elapsed();
        shared.signal.change(|state| {
            state.busy -= 1;
            if row.has_lost_its_worker() {
                // The next job whose last worker was lost can be reserved.
                (state.has_lost, state.hinted) = (false, true);
            }
            state.took(took);
            match outcome {
                Ok(Ok(outcome)) => {
                    if matches!(outcome, Outcome::Unknown(_)) {
                        state.is_unknown(&row);
                    }
                    // What follows may be due already.
                    state.hinted |= matches!(outcome, Outcome::Done);
                    let mut one = DueReport::default();
                    one.count(&row, outcome);
                    one.problems.clear();
                    state.report += one;
                }
                Ok(Err(error)) => {
                    tracing::warn!(process = row.process_id, task = row.task, %error, "due work was left, and is free \
                        when its lease ends");
                    state.report.postponed += 1;
                }
                Err(_) => {
                    tracing::error!(
                        process = row.process_id,
                        task = row.task,
                        "due work panicked, and is free when its \
                        lease ends"
                    );
                    state.report.postponed += 1;
                }
            }
        });
    }
}

/// Does one row.
fn one<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, row: &DueRow) -> Result<Outcome> {
    let claimant = shared.claimant();
    let mut body = match conn.with(|conn| shared.flows.begin_due(conn, row, &claimant))? {
        Begun::Over(outcome) => return conn.with(|conn| settle(conn, row, outcome)),
        Begun::Body(body) => body,
    };
    let control = body.control();
    let number = shared.leases.add(Held { row: body.lease().clone(), control: control.clone() });
    if shared.signal.phase() != Phase::Running {
        // The job was claimed while the running bodies were being cancelled.
        control.cancel(STOPPING);
    }
    body.run();
    // The lease is renewed until the result is written: that too may have to wait.
    let outcome = finish(shared, conn, body);
    shared.leases.remove(number);
    outcome
}

/// Writes what came of a job, as soon as the database is there.
fn finish<C: FlowConnection>(
    shared: &Shared<C>,
    conn: &mut Connection<C>,
    mut body: Box<dyn Body<C>>,
) -> Result<Outcome> {
    for _ in 1..TRIES {
        match conn.with(|conn| body.complete(conn)) {
            Err(error) if error.is_retryable() && body.can_complete() => {
                tracing::warn!(%error, "a job is completed a little later");
                std::thread::sleep(BETWEEN);
            }
            Err(error) => return conn.with(|conn| postpone_body(conn, &*body, error)),
            outcome => return outcome,
        }
    }
    // Try for as long as the lease lasts: until then no other worker claims the job.
    loop {
        match conn.with(|conn| complete(conn, &mut *body)) {
            Err(error) if body.can_complete() && !is_late(&*body) && shared.signal.phase() != Phase::Aborted => {
                tracing::warn!(%error, "a job is completed a little later");
                std::thread::sleep(BETWEEN);
            }
            outcome => return outcome,
        }
    }
}

fn is_late<C>(body: &dyn Body<C>) -> bool {
    body.control().until().is_none_or(|until| until <= clock::now())
}

/// Does one row with this connection alone.
pub(super) fn on_this_thread<C: FlowConnection>(shared: &Shared<C>, conn: &mut C, row: &DueRow) -> Result<Outcome> {
    match shared.flows.begin_due(conn, row, &shared.claimant())? {
        Begun::Over(outcome) => settle(conn, row, outcome),
        Begun::Body(mut body) => {
            body.run();
            complete(conn, &mut *body)
        }
    }
}

/// What was reserved and then left as it was is free for others.
fn settle<C: FlowConnection>(conn: &mut C, row: &DueRow, outcome: Outcome) -> Result<Outcome> {
    if matches!(outcome, Outcome::Unknown(_) | Outcome::Passed) {
        conn.store().release(row)?;
    }
    Ok(outcome)
}
