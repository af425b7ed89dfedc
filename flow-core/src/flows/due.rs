//! Runs due background work.

use super::Flows;
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::transition::due::Outcome;
use crate::{Error, Result, clock};

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

/// The result of [`Flows::run_due`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueReport {
    /// Jobs completed, timers fired.
    pub done: usize,
    /// Work that set its task to ERROR.
    pub failed: usize,
    /// Work that another worker had claimed, or that was no longer needed.
    pub passed: usize,
    /// Work that was postponed: it is due again later.
    pub postponed: usize,
    /// Work that this version of the code does not know, left for a version that does.
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
    /// Whether any work was done, so that more may be due now. Work that was skipped or postponed is not counted, so a
    /// loop on this value ends.
    #[must_use]
    pub fn any(&self) -> bool {
        self.done + self.failed + self.passed > 0
    }
}
