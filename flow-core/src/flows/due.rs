//! Runs due background work.

use super::Flows;
use crate::store::{DueKind, DueRow, FlowConnection, Store as _};
use crate::transition::batch;
use crate::transition::due::{Begun, Body, Claimant, Outcome, complete, postpone};
use crate::{DueProblem, DueProblemKind, DueReport, Error, Result, TaskFailure, TaskId, clock};

/// How many due rows are read at once.
const BATCH: i64 = 100;

/// How many rows in a row that can neither be done nor postponed are passed over.
const REFUSED: usize = 3;

impl<C: FlowConnection> Flows<C> {
    /// Runs the due work: jobs, and timers that have expired. Work that becomes due in the meantime is run by the next
    /// call.
    ///
    /// Call it in a loop, from as many threads and processes as you like: each row is run by one of them (claimed under
    /// a lease). A task that fails is set to ERROR, and the others continue. A row that cannot be run now, because the
    /// database is busy or because this release cannot read the document, is postponed with back-off. It must not be
    /// called inside a transaction, because a job is claimed, run and completed in three steps. Jobs run one after
    /// another on the caller's thread: run more workers if jobs are slow.
    ///
    /// # Errors
    /// `Database` if the database cannot be reached or is busy; the remaining work is still due. `Misuse` inside a
    /// transaction.
    pub fn run_due(&self, conn: &mut C) -> Result<DueReport> {
        if conn.store().depth()? > 0 {
            return Err(Error::misuse(
                "run_due was called inside a transaction; call it outside, because jobs run without an open transaction",
            ));
        }
        let _clock = clock::follow(conn.store().clock()?);
        self.keep_ticks(conn)?;
        let names = self.names();
        let now = clock::now();
        let mut report = DueReport::default();
        let mut last: Option<DueRow> = None;
        let mut refused = 0;
        loop {
            let rows = conn.store().due(&names, now, last.as_ref(), BATCH)?;
            let Some(newest) = rows.last().cloned() else { return Ok(report) };
            let more = i64::try_from(rows.len()).is_ok_and(|count| count == BATCH);
            for row in rows {
                let outcome = match self.run_row(conn, &row) {
                    // Somebody holds this very row. Where all are held, the database is what is busy.
                    Err(error) if error.is_retryable() && refused < REFUSED => {
                        if conn.store().due_row(&row.primary_key()).is_err() {
                            return Err(error);
                        }
                        refused += 1;
                        report.count(&row, Outcome::Postponed(error.to_string()));
                        continue;
                    }
                    outcome => outcome?,
                };
                refused = 0;
                report.count(&row, outcome);
            }
            if !more {
                return Ok(report);
            }
            last = Some(newest);
        }
    }
}

impl<C: FlowConnection> Flows<C> {
    /// Does what a row says; of a job, claims it.
    pub(crate) fn begin_due(&self, conn: &mut C, row: &DueRow, claimant: &Claimant) -> Result<Begun<C>> {
        if row.kind == DueKind::Message.as_str() {
            let outcome = match self.deliver_kept(conn, row) {
                Err(error) => postpone(conn, row, row.lease_token, error)?,
                Ok(outcome) => outcome,
            };
            return Ok(Begun::Over(outcome));
        }
        match self.find(&row.flow) {
            Some(flow) => flow.begin_due(conn, row, claimant),
            None => Ok(Begun::Over(Outcome::Passed)),
        }
    }

    /// Claims jobs that this worker has reserved, in one commit; the first `free` of them begin at once. Returns the bodies
    /// of those that it has claimed: `None` for each that is to be looked at by itself.
    pub(crate) fn claim_jobs(
        &self,
        conn: &mut C,
        rows: &[DueRow],
        claimant: &Claimant,
        free: usize,
    ) -> Result<Vec<Option<Box<dyn Body<C>>>>> {
        batch::claim(conn, rows, free, |conn, locking, found, ahead| match self.find(&found.due.flow) {
            Some(flow) => flow.plan_claim(conn, locking, found, claimant, ahead),
            None => Ok(None),
        })
    }

    /// Begins a row, runs its body if it is a job, and completes it, all with one connection.
    fn run_row(&self, conn: &mut C, row: &DueRow) -> Result<Outcome> {
        match self.begin_due(conn, row, &Claimant::default())? {
            Begun::Over(outcome) => Ok(outcome),
            Begun::Body(mut body) => {
                body.run();
                complete(conn, &mut *body)
            }
        }
    }
}

impl DueReport {
    /// Counts a row.
    pub(crate) fn count(&mut self, row: &DueRow, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(failures) => {
                self.failed += 1;
                self.problems.extend(failures.into_iter().map(|failure| of_task(row, DueProblemKind::Failed, failure)));
            }
            Outcome::Retried(failure) => {
                self.retried += 1;
                self.problems.push(of_task(row, DueProblemKind::Retried, failure));
            }
            Outcome::Postponed(error) => {
                self.postponed += 1;
                self.problems.push(of_row(row, DueProblemKind::Postponed, error));
            }
            Outcome::Expired(error) => {
                self.failed += 1;
                self.problems.push(of_row(row, DueProblemKind::Expired, error));
            }
            Outcome::Unknown(error) => {
                self.unknown += 1;
                self.problems.push(of_row(row, DueProblemKind::Unknown, error.to_owned()));
            }
        }
    }
}

fn of_task(row: &DueRow, kind: DueProblemKind, failure: TaskFailure) -> DueProblem {
    let TaskFailure { task, node, error } = failure;
    DueProblem { process: task.process().into(), task: Some(task), node: Some(node), ..of_row(row, kind, error) }
}

fn of_row(row: &DueRow, kind: DueProblemKind, error: String) -> DueProblem {
    let task = (row.task != 0).then(|| TaskId::new(row.process_id, row.task));
    DueProblem { flow: row.flow.clone(), process: row.process_id.into(), task, node: None, kind, error }
}
