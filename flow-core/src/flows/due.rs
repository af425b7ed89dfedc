//! The background, once over: what is due now.

use super::Flows;
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::transition::due::Outcome;
use crate::{Error, Result, clock};

/// How many due rows are read at once.
const BATCH: i64 = 100;

/// How many rows in a row that can neither be done nor postponed are passed over.
const REFUSED: usize = 3;

impl<C: FlowConnection> Flows<C> {
    /// Does what is due now: jobs, and timers whose time has come. What becomes due meanwhile is done by the
    /// next call.
    ///
    /// Call it again and again, from as many processes as you like: each row is done by one of them. What
    /// fails leaves its task in ERROR, and the others go on. A row that cannot be done now, because the database is
    /// busy with it or because this release cannot read the document, is postponed: it is due again a little later. It
    /// must not be called inside a transaction: a job is claimed, run and completed in three steps. Jobs run one after
    /// another on the caller's thread: give long ones a thread, or a process, of their own.
    ///
    /// # Errors
    /// `Database` if the database cannot be reached or is busy; what was not done is still due. `Misuse` inside a
    /// transaction.
    pub fn run_due(&self, conn: &mut C) -> Result<DueReport> {
        if conn.store().depth()? > 0 {
            return Err(Error::misuse(
                "run_due was called inside a transaction; call it outside, because jobs run without an open transaction",
            ));
        }
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
                let Some(flow) = self.find(&row.flow) else { continue };
                let outcome = match flow.run_due(conn, &row) {
                    // Somebody holds this very row. Where all are held, the database is what is busy.
                    Err(error) if error.is_retryable() && refused < REFUSED => {
                        if conn.store().due_row(&row.primary_key()).is_err() {
                            return Err(error);
                        }
                        refused += 1;
                        report.postponed += 1;
                        continue;
                    }
                    outcome => outcome?,
                };
                refused = 0;
                match outcome {
                    Outcome::Done => report.done += 1,
                    Outcome::Failed => report.failed += 1,
                    Outcome::Passed => report.passed += 1,
                    Outcome::Postponed => report.postponed += 1,
                    Outcome::Unknown => report.unknown += 1,
                }
            }
            if !more {
                return Ok(report);
            }
            last = Some(newest);
        }
    }
}

/// What [`Flows::run_due`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueReport {
    /// Jobs completed, timers fired.
    pub done: usize,
    /// What left a task in ERROR.
    pub failed: usize,
    /// What another worker had, or what was not to be done any more.
    pub passed: usize,
    /// What could not be done now, and is due again later.
    pub postponed: usize,
    /// What this version of the code does not know, and left for the version that does.
    pub unknown: usize,
}

impl std::ops::AddAssign for DueReport {
    fn add_assign(&mut self, other: Self) {
        let DueReport { done, failed, passed, postponed, unknown } = other;
        self.done += done;
        self.failed += failed;
        self.passed += passed;
        self.postponed += postponed;
        self.unknown += unknown;
    }
}

impl DueReport {
    /// Whether something was done, so that more may be due by now. What was left or postponed is not counted: a loop
    /// that goes on while there is something comes to rest.
    #[must_use]
    pub fn any(&self) -> bool {
        self.done + self.failed + self.passed > 0
    }
}
