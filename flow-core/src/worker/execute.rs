//! The threads that do what is due.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::claimed::{Claimed, Ready};
use super::connections::Connection;
use super::keeper::{Held, give_back};
use super::shared::{STOPPING, Shared};
use super::signal::{For, Phase};
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::transition::due::{Begun, Body, Outcome, complete, postpone_body};
use crate::{DueReport, Result, clock};

/// How long it waits before it tries again to write what came of a job.
const BETWEEN: Duration = Duration::from_millis(500);

/// How often a completion that the database refused for the moment is tried again before the job is put off.
const TRIES: u32 = 3;

/// A stop is waited for no longer than this at once: a thread that sleeps must see it.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Does rows until the worker stops and none is left.
pub(super) fn run<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>) {
    loop {
        let next = shared.signal.wait(For::Ready, LONGEST_WAIT, |state| {
            // What was begun is done, and nothing else any more.
            let is_running = shared.signal.phase() == Phase::Running;
            match state.ready.front() {
                Some(Ready::Done(_)) => {}
                Some(_) if is_running => state.busy += 1,
                _ => return (!is_running).then_some(None),
            }
            state.ready.pop_front().map(Some)
        });
        let _clock = shared.follow_clock();
        match next {
            None => {}
            Some(None) => return,
            Some(Some(Ready::Row(row))) => do_row(shared, &row, || one(shared, conn, &row)),
            Some(Some(Ready::Claimed(claimed))) => begin(shared, conn, claimed),
            Some(Some(Ready::Done(claimed))) => by_itself(shared, conn, claimed),
        }
    }
}

/// Runs the body of a job, and leaves it to be completed.
fn begin<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, mut claimed: Claimed<C>) {
    if claimed.is_stale() {
        give_back(shared, conn, &claimed);
        shared.signal.change(|state| state.busy -= 1);
        return;
    }
    let begun = Instant::now();
    // Panics of the body are kept in it; this guards the thread against what is left.
    match catch_unwind(AssertUnwindSafe(|| claimed.body.run())) {
        Ok(()) => shared.signal.finish(claimed, begun.elapsed()),
        Err(panic) => {
            let row = claimed.body.lease().clone();
            shared.leases.remove(claimed.lease);
            do_row(shared, &row, || std::panic::resume_unwind(panic));
        }
    }
}

/// Completes a job by itself.
pub(super) fn by_itself<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, claimed: Claimed<C>) {
    let Claimed { body, lease, .. } = claimed;
    let row = body.lease().clone();
    do_row(shared, &row, || {
        let outcome = finish(shared, conn, body);
        shared.leases.remove(lease);
        outcome
    });
}

/// Does something about a row, and counts what came of it.
fn do_row<C: FlowConnection>(shared: &Shared<C>, row: &DueRow, f: impl FnOnce() -> Result<Outcome>) {
    let begun = Instant::now();
    // Callbacks are guarded where they are called; this guards the thread against what is left.
    let outcome = catch_unwind(AssertUnwindSafe(f));
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
                    state.is_unknown(row);
                }
                // What follows may be due already.
                state.hinted |= matches!(outcome, Outcome::Done);
                let mut one = DueReport::default();
                one.count(row, outcome);
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
